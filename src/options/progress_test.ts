import { assertEquals, assertStringIncludes } from "@std/assert";
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

Deno.test("on a terminal a bar is drawn, and cleared before something else is printed", () => {
  let text = "";
  const terminal = {
    isTTY: true,
    columns: 100,
    write: (part: string) => text += part,
    on: () => {},
    removeListener: () => {},
  };
  const display = new ProgressDisplay(terminal);
  const progress = display.start("train", 4);
  progress.update(4, "loss 0.5");
  text = "";
  display.clear();
  assertEquals(text, "\r\x1b[K");
  progress.done();
  assertStringIncludes(text, "4/4");
  assertStringIncludes(text, "loss 0.5");
  text = "";
  display.clear();
  assertEquals(text, "");
});
