import { escaped } from "./html.ts";

/** Attributes of an element; numbers are written to a tenth. */
export type Attributes = Readonly<Record<string, string | number>>;

/** An element of SVG around content that is markup: other elements, or what {@linkcode escaped} gives. */
export function element(name: string, attributes: Attributes, ...content: string[]): string {
  const written = Object.entries(attributes).map(([key, value]) =>
    ` ${key}="${typeof value === "number" ? +value.toFixed(1) : escaped(value)}"`
  );
  const open = `<${name}${written.join("")}`;
  return content.length === 0 ? `${open}/>` : `${open}>${content.join("")}</${name}>`;
}
