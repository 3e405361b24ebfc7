import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { refusal, withSet } from "../../../tests/files.ts";
import { openVoc } from "../sets/voc.ts";
import { readLabels } from "./labels.ts";

/** Writes a file of labels into a set of three photographs, or of two, a and b. */
async function withLabels(
  text: string | Uint8Array,
  test: (
    read: () => Promise<{ classes: string[]; labels: unknown; leftOut: string[] }>,
  ) => Promise<void>,
  { name = "labels.csv", list }: { name?: string; list?: string } = {},
): Promise<void> {
  const third = typeof text === "string" && /^"?c\b/m.test(text) ? { "c.jpg": undefined } : {};
  const classes = list === undefined ? {} : { "classes.txt": list };
  await withSet({ "a.jpg": undefined, "b.jpg": undefined, ...third, ...classes }, async (root) => {
    await Deno.writeFile(
      join(root, name),
      typeof text === "string" ? new TextEncoder().encode(text) : text,
    );
    await test(async () => {
      const voc = await openVoc(root);
      const { labels, leftOut } = await readLabels(voc);
      return {
        classes: voc.classes.slice(1),
        labels: Object.fromEntries(labels),
        leftOut: leftOut.map((what) => what.replaceAll(`${root}/`, "")),
      };
    });
  });
}

type Options = Parameters<typeof withLabels>[2];

async function assertLabels(
  text: string | Uint8Array,
  classes: string,
  labels: Record<string, number[]>,
  options?: Options,
): Promise<void> {
  await withLabels(text, async (read) => {
    const found = await read();
    assertEquals([found.classes.join(), found.labels], [classes, labels], `${text}`);
  }, options);
}

async function assertRefused(text: string, expected: RegExp, options?: Options): Promise<void> {
  await withLabels(text, async (read) => assertMatch(await refusal(read), expected, text), options);
}

Deno.test("labels: flags may be written in several ways, and other cells are refused", async () => {
  const each = { a: [1], b: [2] };
  const flags = [
    ["1", "0"],
    ["1.0", "0.0"],
    ["True", "False"],
    ["TRUE", "false"],
    ["yes", "no"],
    ["1", "-1"],
    ["1", ""],
    ["1", "nan"],
    [" 1 ", '"0"'],
  ];
  for (const [yes, no] of flags) {
    for (const mark of [",", ";", "\t"]) {
      const rows = [["image", "cat", "dog"], ["a.jpg", yes, no], ["b.jpg", no, yes]];
      await assertLabels(rows.map((row) => row.join(mark)).join("\n"), "cat,dog", each);
    }
  }
  const odd = ["0.9", "2", "1,0", "x", "maybe", "1e5", "--"];
  for (const cell of odd) {
    const text = `image;cat;dog\na.jpg;1;0\nb.jpg;0;${cell}\nc.jpg;0;1`;
    await assertRefused(text, new RegExp(`line 3 has "${cell.replace(".", "\\.")}" under dog`));
  }
  await assertRefused("id,cat,dog\na,1\nb,0,1", /line 2 has 2 cells, but the heading has 3/);
  await assertRefused("id,cat,dog\na,1,0\nb,0,1,1", /line 3 has 4 cells, but the heading has 3/);
  await assertRefused("id,cat,\na,1,0\nb,0,1", /column 3 of line 1 has no name/);
  await assertLabels("id,cat,dog,\na,1,0,\nb,0,1,", "cat,dog", each); // commas at the ends
  await assertLabels("id,background,cat\na,1,0\nb,1,1", "cat", { a: [], b: [1] });
});

Deno.test("labels: headings say which column holds photographs and which names", async () => {
  const each = { a: [1], b: [2] };
  const tables = [
    "fname,labels,is_valid\na.jpg,cat,True\nb.jpg,dog,False",
    "Image Index,Finding Labels\na.jpg,cat\nb.jpg,dog",
    "ImageID,Source,LabelName,Confidence\na,human,cat,1\nb,human,dog,1\nb,human,cat,0",
    "ImageID,Source,LabelName,Confidence\na,human,cat,1.0\nb,human,dog,\nb,human,cat,False",
    "filename,width,height,class,xmin,ymin\na.jpg,1,2,cat,3,4\na.jpg,1,2,cat,3,4\nb.jpg,1,2,dog,3,4",
    "file,class_id,class_name\na.jpg,0,cat\nb.jpg,1,dog",
    ",fname,label\n0,a.jpg,cat\n1,b.jpg,dog",
    "Unnamed: 0,image_path,category\n0,a.jpg,cat\n1,b.jpg,dog",
    "label,fname\ncat,a.jpg\ndog,b.jpg",
    "Dateiname,Klasse\na.jpg,cat\nb.jpg,dog",
    "photo1,animal\na.jpg,cat\nb.jpg,dog",
    "id,label1,label2\na,cat,\nb,dog,",
    "id,cat,dog,split\na,1,0,train\nb,0,1,val",
    "id,cat,dog,is_train,fold\na,1,0,1,0\nb,0,1,0,1",
    "id,cat,dog,width\na,1,0,500\nb,0,1,375",
    "id,filename,cat,dog,folder_id\n0,a.jpg,1,0,1\n1,b.jpg,0,1,1",
    "filename,name,label\na.jpg,Rex,cat\nb.jpg,Max,dog",
    "image label\na cat\nb dog",
    "bild klasse\na cat\nb dog",
    "sep=;\nimage;label\na.jpg;cat\nb.jpg;dog",
  ];
  for (const text of tables) await assertLabels(text, "cat,dog", each);
  await assertLabels("id,island,path\na,1,0\nb,0,1", "island,path", each);
  const voc = "id,train,cat\na,1,0\nb,0,1"; // a class of that name, and a part of the set
  await assertLabels(voc, "train,cat", each);
  await assertLabels("id,cat,train,val\na,1,1,0\nb,0,0,1", "cat", { a: [1], b: [] });
  await assertLabels("id,class_0,class_1\na,1,0\nb,0,1", "class_0,class_1", each);
  await assertRefused(
    "id,label,species\na,cat,x\nb,dog,y",
    /several columns of classes, label and spec/,
  );
  await assertRefused(
    "datei,klasse,quelle\na,cat,web\nb,dog,web",
    /has the columns klasse and quelle/,
  );
  await assertLabels("datei,klasse,quelle\na,cat,web\nb,dog,web", "cat,dog", each, {
    list: "cat\ndog",
  });
  await assertRefused(
    "ImageID,LabelName,Confidence\na,cat,0.7\nb,dog,1",
    /"0\.7" under Confidence/,
  );
  const words = /line 1 has columns of words, (Art|weather), beside .*Call the column of .* labels/;
  await assertRefused("Photo;Art;Nacht\na;cat;1\nb;dog;0", words);
  await assertRefused("id,cat,dog,weather\na,1,0,rain\nb,0,1,sun", words);
  await assertLabels("id,cat,dog,weather\na,1,0,rain\nb,0,1,sun", "cat,dog", each, {
    list: "cat\ndog",
  });
  await assertRefused("id;Fuchs\na;WAHR\nb;FALSCH", /has "WAHR", which is no name .*1 and 0/);
  await assertRefused("id;Fuchs;Otter\na;WAHR;FALSCH\nb;FALSCH;WAHR", /write 1 and 0 in one that/);
  await assertRefused("id;Fuchs\na;x\nb;", /column Fuchs of line 1 has marks, no .*Write 1 where/);
  await assertRefused("a cat\nb cat and dog", /line 2 has "and", which is no name of a class/);
  await assertRefused("id,split\na,train\nb,val", /line 1 names no column of classes/);
  await assertRefused("id,label", /no line but its heading/);
});

Deno.test("labels: what a table has beside labels is said", async () => {
  const said: readonly [string, string[]][] = [
    ["fname,labels,is_valid\na,cat,1\nb,dog,0", [
      "columns of labels.csv that are no classes: is_valid",
    ]],
    ["id,label\na,cat\nb,No Finding", ["words in labels.csv that are no classes: No Finding (1)"]],
    ["datei,klasse\na,cat\nb,dog", [
      "what labels.csv begins with, as it names no photograph: datei and klasse",
    ]],
    ["id,label\na,cat\nb,background", []],
    ["Nr;Photo;Species;Count\n1;a;cat;2\n2;b;dog;1", [
      "columns of labels.csv that are no classes: Nr and Count",
    ]],
    ["Art;Photo\ncat;a\ndog;b", []],
    ["Datei;cat;dog\na;1;0\nb;0;1", []],
    ["Datei;species\na;cat\nb;dog", []],
    ["a,cat\nb,dog\nx,cat\ny.jpg,cat", [
      "labels in labels.csv of what is no photograph of the set: x and y",
    ]],
  ];
  for (const [text, leftOut] of said) {
    await withLabels(text, async (read) => assertEquals((await read()).leftOut, leftOut));
  }
});

Deno.test("labels: several names in a cell", async () => {
  const both = { a: [1, 2], b: [2] };
  const lists = [
    "a.jpg,cat|dog\nb.jpg,dog",
    'a.jpg,"cat;dog"\nb.jpg,dog',
    "a.jpg\tcat;dog\nb.jpg\tdog",
    "a.jpg;cat|dog|\nb.jpg;dog",
    'a.jpg,"cat\ndog"\nb.jpg,dog',
    `a.jpg,"['cat', 'dog']"\nb.jpg,['dog']`,
    'a.jpg,"cat,dog"\nb.jpg,dog', // VOC's names
    "id,labels\na,cat dog\nb,dog",
  ];
  for (const text of lists) await assertLabels(text, "cat,dog", both);
  // Names that are known, or stand alone elsewhere, are told apart; what may be a name is refused.
  const list = "sea lion\nlion";
  const lion = { a: [1, 2], b: [2] };
  await assertLabels("id,label\na,sea lion lion\nb,lion", "sea lion,lion", lion, { list });
  await assertLabels('a,"sea lion, lion"\nb,lion', "sea lion,lion", lion, { list });
  await assertLabels("id,labels\na,1 2\nb,2", "sea lion,lion", lion, { list });
  await assertLabels("id,labels\na,x y\nb,y\nc,x", "x,y", { a: [1, 2], b: [2], c: [1] });
  await assertLabels("id,label\na,sea lion\nb,lion", "lion,sea lion", { a: [2], b: [1] });
  const bees = "ant\nbee, queen";
  await assertLabels('a,"bee, queen"\nb,ant', "ant,bee, queen", { a: [2], b: [1] }, { list: bees });
  await assertLabels('id,ant,"bee, queen"\na,0,1\nb,1,0', "ant,bee, queen", { a: [2], b: [1] });
  const unclear = /line \d may be one class or several\. Write .*\|.* classes\.txt/;
  await assertRefused("id,labels\na,x y\nb,y", unclear);
  await assertRefused("id,tags\na,beach sunset\nb,forest", unclear);
  await assertRefused("id,label\na,x y\nb,y\nc,x", unclear);
  await assertRefused('a,"x,y"\nb,z', unclear);
  await assertRefused('a,"x, y"\nb,y', unclear);
  await assertRefused('a,"x, y"\nb,"y, z"', unclear);
  const separators = [", ", " and ", " AND ", " & ", " + ", "+", " / "];
  for (const separator of separators) {
    const text = `file\tspecies\na\totter${separator}heron\nb\tfox`;
    await assertRefused(text, /"otter.*heron" on line 2 may be one class .*Write otter\|heron/);
  }
  await assertLabels("a\tred panda\nb\tsandy", "red panda,sandy", { a: [1], b: [2] });
});

Deno.test("labels: flags without a heading, indices from 0 and parts of numbers are no names", async () => {
  const zero = /indices and include 0, .*Write names, or indices from 1 .*classes\.txt/;
  for (const text of ["a,0\nb,1", "a 0\nb 1", "a,0,1\nb,1,0", "id,label\na,0\nb,2"]) {
    await assertRefused(text, zero);
    await assertRefused(text, zero, { list: "x\ny" });
  }
  await assertRefused('{"a": [0], "b": ["x"]}', zero, { name: "labels.json" });
  await assertRefused("a,1\nb,2", /has indices and the set no list of classes/);
  await assertLabels("a,1\nb,2", "x,y", { a: [1], b: [2] }, { list: "x\ny" });
  await assertRefused("a,1,1\nb,1,1", /line 1 has the class 1 twice/, { list: "x\ny" });
  for (const name of ["True", "false", "-1", "0.5", "1.0", "[x", '{"y"']) {
    const text = `a\tx\nb\t${name}`;
    await assertRefused(text, /line 2 has ".*", which is no name of a class/);
  }
  await assertLabels("a,5\nb,0", "0,5", { a: [2], b: [1] }, { list: "background\n0\n5" });
});

Deno.test("labels: words for none mean none, and what may mean that nobody knows is refused", async () => {
  const each = { a: [1], b: [] };
  for (const word of ["none", "Empty", "BLANK", "nothing", "No Finding"]) {
    const words = `words in labels.csv that are no classes: ${word} (1)`;
    const flags = `id,cat,${word}\na,1,0\nb,0,1`;
    for (const text of [`a,cat\nb,${word}`, `id,species\na,cat\nb,${word}`, flags]) {
      await assertLabels(text, "cat", each);
      await withLabels(text, async (read) => assertEquals((await read()).leftOut, [words]));
    }
  }
  const list = "cat\nempty\nunknown";
  await assertLabels("a,Unknown\nb,Empty", "cat,empty,unknown", { a: [3], b: [2] }, { list });
  for (const word of ["NA", "n/a", "N.A.", "#N/A", "?", "??", "-", "unknown", "Unidentified"]) {
    const told =
      /line 2 has ".*", which may mean .* Leave the cell empty .* --list .* classes\.txt/;
    await assertRefused(`a\tcat\nb\t${word}`, told);
    await assertRefused(`a\tcat\nb\t${word}`, told, { list: "cat" });
  }
});

Deno.test("labels: names are the same in any case where that says which", async () => {
  const list = "cat\npotted plant";
  await assertLabels("a,Cat\nb,potted_plant", "cat,potted plant", { a: [1], b: [2] }, { list });
  await assertRefused("a,Cat\nb,cat", /its classes Cat and cat differ in nothing but how/);
});

Deno.test("labels: lines end as on any system, and a quote may hold one", async () => {
  const rows = ["image,cat,dog", "a.jpg,1,0", "b.jpg,0,1"];
  for (const end of ["\n", "\r\n", "\r", "\u2028", "\u2029"]) {
    for (const last of ["", end, end + end]) {
      await assertLabels(rows.join(end) + last, "cat,dog", { a: [1], b: [2] });
    }
    await assertLabels(`a cat${end}b dog`, "cat,dog", { a: [1], b: [2] }, { name: "labels.txt" });
  }
  await assertRefused(",\n;;\n", /its lines are empty/);
  await assertRefused('a,"cat\nb,dog', /line 1 has a quote that is not closed/);
  await assertRefused('a,cat\nb,"dog" x,y', /line 2 has a quote inside of a cell/);
});

Deno.test("labels: UTF-16 is read by its first bytes, and is told without them", async () => {
  const text = "image,cat,k\u00f6ter\na.jpg,1,0\nb.jpg,0,1\n";
  const utf16 = (little: boolean, mark: boolean) => {
    const bytes = new Uint8Array(2 * text.length + 2);
    const view = new DataView(bytes.buffer);
    Array.from(`\ufeff${text}`).forEach((letter, i) =>
      view.setUint16(2 * i, letter.charCodeAt(0), little)
    );
    return mark ? bytes : bytes.subarray(2);
  };
  for (const little of [true, false]) {
    await assertLabels(utf16(little, true), "cat,k\u00f6ter", { a: [1], b: [2] });
    await withLabels(utf16(little, false), async (read) => {
      assertMatch(await refusal(read), /labels\.csv: it is no UTF-8 text/);
    });
  }
});

Deno.test("labels: rows of two files of one name, and a list of classes, are refused", async () => {
  await assertRefused("a.jpg,cat\na.png,dog\nb,dog", /a\.jpg on line 1 and a\.png on line 2 have/);
  await assertLabels("A.JPG,cat\nb.JPG,dog\na,dog", "cat,dog", { a: [2], b: [2] });
  const list = /2 of 2 images are not in it.*If it is a list of the classes, call it classes\.txt/;
  await assertRefused("cat\ndog\n", list, { name: "labels.txt" });
});

Deno.test("labels: one image on 20,000 lines, and a cell of blanks, take no time", async () => {
  const start = performance.now();
  const names = Array.from({ length: 200 }, (_, i) => `n${i}`);
  const lines = Array.from({ length: 20_000 }, (_, i) => `a,${names[i % 200]}`);
  await assertLabels([...lines, "b,n1"].join("\n"), names.toSorted().join(), {
    a: names.map((_, i) => i + 1),
    b: [2],
  });
  await assertLabels(`a,x${" ".repeat(200_000)},y\nb,y`, "x,y", { a: [1, 2], b: [2] });
  const blanks = `a,x${" ".repeat(200_000)}y\nb,y`;
  await assertRefused(blanks, /which is no name of a class|may be one class or several/);
  assertEquals(performance.now() - start < 5000, true);
});
