import { bytesOf, type Entry } from "./entry.ts";
import { framed } from "./npy.ts";
import { numpyCode } from "./numpy_array.ts";
import { int32, joined, type Piece, text } from "./pickle_pieces.ts";

/**
 * The bytes of a .npy file that holds a dictionary of tensors by integer, as NumPy's `save` writes
 * one: a pickle, protocol 3, of an object array. NumPy 1 and 2 read it with `allow_pickle=True`.
 */
export function encodeDictionary(entries: ReadonlyMap<number, Entry>): Uint8Array<ArrayBuffer> {
  const items = [...entries].flatMap(([key, entry]) => {
    const data = bytesOf(entry);
    return [
      "J",
      int32(key),
      ...array(entry.shape, numpyCode(entry.dtype), "<", 0, [
        "B", // BINBYTES
        int32(data.length),
        data,
      ]),
    ];
  });
  const dictionary = ["](}(", ...items, "ue"]; // a list of one dictionary
  const program = [0x80, 3, ...array([], "O8", "|", 63, dictionary), "."];
  return framed("|O", [], joined(program));
}

/** `_reconstruct(ndarray, (0,), b"b")`, then the state (1, shape, type, False, data). */
function array(
  shape: readonly number[],
  code: string,
  order: string,
  flags: number,
  data: readonly Piece[],
): Piece[] {
  return [
    ...["cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K", 0, "tC", 1, "btR"],
    ...["(K", 1, "(", ...shape.flatMap((size) => ["J", int32(size)]), "t"],
    // dtype(code, False, True), then the state (3, order, None, None, None, -1, -1, flags)
    ...["cnumpy\ndtype\n(", ...text(code), 0x89, 0x88, "tR"],
    ...["(K", 3, ...text(order), "NNNJ", int32(-1), "J", int32(-1), "K", flags, "tb"],
    ...[0x89, ...data, "tb"],
  ];
}
