import { assert, assertEquals } from "@std/assert";
import { Random } from "../data/random.ts";
import { ablationsOf } from "./ablations.ts";

const ABLATIONS = ablationsOf(["crf"]);

Deno.test("every ablation makes the mask that its name says", () => {
  // Flags of class 2; logits of the change 1 and -1, which the flag outweighs.
  const take = [1, -1, -1, 1];
  const from = {
    knowledge: Uint8Array.of(2, 0, 1, 0),
    fromK: Float32Array.from(take),
    advisers: [{
      mask: Uint8Array.of(0, 2, 0, 1),
      change: Float32Array.from(take, (logit) => -logit),
      flags: Uint8Array.of(0, 0, 1),
    }],
    truth: Uint8Array.of(0, 0, 0, 0),
    random: new Random("test"),
  };
  const mask = (name: string) => [...ABLATIONS.find((own) => own.name === name)!.mask(from)];
  assertEquals(mask("knowledge"), [2, 0, 1, 0]);
  assertEquals(mask("advice (CRF)"), [0, 2, 0, 1]);
  assertEquals(mask("refined 0.1/0.1"), [2, 2, 1, 1]);
  assertEquals(mask("no flags 0.1/0.1"), [0, 0, 1, 1]);
  assertEquals(mask("flags alone 0.1/0.1"), [2, 2, 0, 1]); // w = 0.2 - 1, 1, 0.2, and 0: a tie
  assertEquals(mask("exchanged 0.1/0.1"), [2, 2, 0, 0]);
  const chosen = ablationsOf(["crf"], { difference: 0.1, background: 0.1, flag: 0 });
  const own = chosen.slice(3, 5).map(({ name, mask }) => [name, [...mask(from)]]);
  assertEquals(own, [["as refined", [0, 0, 1, 1]], ["as refined, exchanged", [2, 2, 0, 0]]]);
  assertEquals(mask("refined -0.4/0"), [2, 2, 1, 1]); // 0.46 - 0.4 is left at the last
  assertEquals(mask("oracle choice"), [0, 0, 0, 0]);
  const coin = mask("random choice");
  coin.forEach((label, u) => assert([from.knowledge[u], from.advisers[0].mask[u]].includes(label)));
  const [adviser] = from.advisers;
  const all = [{ ...adviser, mask: new Uint8Array(1000).fill(1) }];
  const many = { ...from, knowledge: new Uint8Array(1000), advisers: all };
  const ones = ABLATIONS.find(({ name }) => name === "random choice")!.mask(many)
    .reduce((sum, label) => sum + label, 0);
  assert(ones > 430 && ones < 570, `${ones} of 1000`);
  assertEquals(ABLATIONS.map(({ name }) => name).slice(3, 9), [
    ...["refined -0.4/0", "refined 0/0", "refined 0.1/0", "refined 0.4/0", "refined 0.4/0.4"],
    "refined 0.8/0",
  ]);
});
