/** Text that is HTML or SVG already, and is not escaped again. */
export class Markup {
  readonly #text: string;

  /** Takes the text as it is: nothing that a user wrote may be in it unescaped. */
  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** What may stand in a template of {@linkcode html}; nothing is written for what is missing or false. */
export type Content = Markup | string | number | false | null | undefined | readonly Content[];

/**
 * HTML of a template. Whatever is put into it is escaped, between tags as in quoted attributes, unless
 * it is {@linkcode Markup}; lists are joined.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(String.raw({ raw: strings }, ...values.map(written)));
}

function written(value: Content): string {
  if (value === undefined || value === null || value === false) return "";
  if (typeof value === "object") {
    return value instanceof Markup ? `${value}` : value.map(written).join("");
  }
  return escaped(`${value}`);
}

/** Text as markup, in which neither tags nor quotes mean anything. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
