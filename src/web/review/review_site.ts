import * as z from "zod";
import { CHOICES, runsOf } from "../../data/decisions/decision.ts";
import type { Mask } from "../../data/masks/mask.ts";
import { json, missing, packed, page, photograph, refused } from "../server/answers.ts";
import { maskBytes } from "../server/mask_bytes.ts";
import type { Serving, Visit } from "../server/serve.ts";
import { type Candidate, readMasks } from "./region_pool.ts";
import type { Review } from "./review.ts";
import { reviewPage } from "./review_page.ts";

const reviewer = z.string().trim().min(1).max(60);
const count = z.int().min(0);
const answer = z.strictObject({
  number: count,
  choice: z.enum(CHOICES).exclude(["undo"]),
  drawn: z.array(z.strictObject({
    class: count.max(254),
    runs: z.array(count).refine(({ length }) => length % 2 === 0),
  })),
  reviewer,
});

/** The answers of `review`. */
export function reviewSite(review: Review): Serving["answer"] {
  const { items, classes } = review.set;
  return async ({ method, path: [what, first, second], query, body }: Visit) => {
    if (method === "POST") return await change(review, what, await body());
    if (what === undefined) {
      const anyMethod = items.some(({ changes }) => changes !== undefined);
      return page(reviewPage({ classes, method: anyMethod }));
    }
    if (what === "next") {
      const name = reviewer.safeParse(query.get("reviewer"));
      return name.success
        ? await shown(review, review.next(name.data))
        : refused("Who are you?", 400);
    }
    const item = items[Number(first ?? second)];
    if (item === undefined) return missing();
    if (what === "photograph") return photograph(item.image);
    if (what !== "mask") return missing();
    const masks: Readonly<Record<string, Mask | Float32Array | undefined>> = {
      ...await readMasks(item, classes.length),
      sure: undefined,
    };
    const mask = second === undefined ? undefined : masks[second];
    return mask && "width" in mask ? packed(maskBytes(mask)) : missing();
  };
}

async function change(review: Review, what: string, body: unknown): Promise<Response> {
  if (what === "decide") {
    const read = answer.safeParse(body);
    if (!read.success) return refused("That is no answer", 400);
    const { reviewer, ...given } = read.data;
    const problem = await review.decide(given, reviewer);
    return problem === undefined
      ? await shown(review, review.next(reviewer))
      : refused(problem, 400);
  }
  if (what !== "undo") return missing();
  const read = z.strictObject({ reviewer }).safeParse(body);
  if (!read.success) return refused("Who are you?", 400);
  const last = review.undo(read.data.reviewer);
  return last ? await shown(review, last) : refused("There is nothing to undo", 409);
}

/** What a page needs of a region, and how far the review is. */
async function shown(review: Review, candidate: Candidate | undefined): Promise<Response> {
  const { progress } = review;
  if (candidate === undefined) return json({ progress });
  const { masks: { knowledge: { width, height } }, region } = await review.pixelsOf(candidate);
  const { pixels, ...name } = region;
  const inside = new Uint8Array(width * height);
  for (const u of pixels) inside[u] = 1;
  const { id, labels } = review.set.items[candidate.item];
  return json({
    ...{ progress, number: candidate.number, item: candidate.item, photograph: id, labels },
    ...{ width, height, region: name, runs: runsOf(inside.length, (u) => inside[u] === 1) },
  });
}
