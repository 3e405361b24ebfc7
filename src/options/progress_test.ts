import { assertEquals } from "@std/assert";
import { ProgressDisplay } from "./progress.ts";

Deno.test("without a terminal a line is written every five seconds and at the end", () => {
  let now = 0;
  let text = "";
  const display = new ProgressDisplay({ write: (part) => text += part }, () => now);
  const progress = display.start("train", 400);
  for (let done = 1; done <= 12; done++) {
    now += 1000;
    progress.update(done, `loss ${done}`);
  }
  progress.done();
  progress.done();
  assertEquals(text.split("\n"), [
    "train 5/400 1.0/s, 6m35s left loss 5",
    "train 10/400 1.0/s, 6m30s left loss 10",
    "train 12/400 1.0/s, 6m28s left loss 12",
    "",
  ]);
});

Deno.test("the last line tells the time it took", () => {
  let now = 0;
  let text = "";
  const display = new ProgressDisplay({ write: (part) => text += part }, () => now);
  const progress = display.start("refine", 9000);
  now = 7_500_000;
  progress.update(9000);
  progress.done();
  assertEquals(text, "refine 9000/9000 1.2/s, 2h05m\n");
});

Deno.test("work that was done before counts as done, not as fast", () => {
  let now = 0;
  let text = "";
  const display = new ProgressDisplay({ write: (part) => text += part }, () => now);
  const progress = display.start("train", 400, 300);
  progress.update(300);
  now = 20_000;
  progress.update(320);
  now = 21_000;
  progress.update(321);
  progress.done();
  assertEquals(text, "train 320/400 1.0/s, 1m20s left\ntrain 321/400 1.0/s, 1m19s left\n");
});

/** A terminal of 100 columns that remembers its lines, as a person sees them. */
function screen() {
  const lines = [""];
  const write = (text: string) => {
    for (const part of text.replaceAll("\r\x1b[K", "\r").split(/([\n\r])/)) {
      if (part === "\n") lines.push("");
      else if (part === "\r") lines[lines.length - 1] = "";
      else lines[lines.length - 1] += part;
    }
  };
  return { isTTY: true, columns: 100, write, lines };
}

Deno.test("on a terminal a bar is drawn over, five times a second at most, and stays at the end", () => {
  let now = 0;
  const terminal = screen();
  const progress = new ProgressDisplay(terminal, () => now).start("train", 12);
  const bar = (full: number) => `train ${"█".repeat(full)}${"░".repeat(24 - full)}`;
  assertEquals(terminal.lines, [`${bar(0)} 0/12`]);
  now = 1000;
  progress.update(3, "loss 0.5");
  assertEquals(terminal.lines, [`${bar(6)} 3/12 3.0/s, 3s left loss 0.5`]);
  now = 1100;
  progress.update(4, "loss 0.4");
  assertEquals(terminal.lines, [`${bar(6)} 3/12 3.0/s, 3s left loss 0.5`]);
  now = 4000;
  progress.update(12);
  progress.done();
  progress.done();
  assertEquals(terminal.lines, [`${bar(24)} 12/12 3.0/s, 4s`, ""]);
});

Deno.test("a bar makes way for lines and for the bar of work within the work, and fits its line", () => {
  let now = 0;
  const terminal = { ...screen(), columns: 57 };
  const display = new ProgressDisplay(terminal, () => now);
  const outer = display.start("train", 4);
  display.clear();
  terminal.write("a line\n");
  now += 1000;
  outer.update(1, "loss ".repeat(20));
  const inner = display.start("evaluate", 2);
  inner.done();
  now += 1000;
  outer.update(2);
  display.stop();
  display.stop();
  display.clear();
  assertEquals(terminal.lines.map((line) => line.replace(/[█░]+ /, "")), [
    ...[
      "a line",
      "train 1/4 1.0/s, 3s left loss l",
      "evaluate 0/2",
      "train 2/4 1.0/s, 2s left",
      "",
    ],
  ]);
  assertEquals(terminal.lines[1].length, 56);
});
