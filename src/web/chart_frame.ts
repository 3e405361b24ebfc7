import style from "./chart.css" with { type: "text" };
import { escaped } from "./html.ts";
import { element } from "./svg.ts";

/**
 * An SVG that can stand by itself or in a page: readable on light and on dark pages, because it has its
 * own background for either, and told in words to those who do not see it.
 *
 * @param content elements of SVG
 */
export function chartFrame(
  { width, height, title, description }: {
    readonly width: number;
    readonly height: number;
    readonly title: string;
    readonly description: string;
  },
  ...content: string[]
): string {
  const size = { width, height, viewBox: `0 0 ${width} ${height}` };
  return element(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", ...size, class: "chart", role: "img" },
    element("title", {}, escaped(title)),
    element("desc", {}, escaped(description)),
    element("style", {}, style),
    element("rect", { class: "page", width, height }),
    ...content,
  ) + "\n";
}
