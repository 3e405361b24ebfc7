import { type Content, html, type Markup } from "./html.ts";

/** One picture of a photograph. */
export interface GalleryPicture {
  /** What it shows, such as "refined mask". */
  readonly name: string;
  /** A figure of it, such as "IoU 53.1". */
  readonly figure?: string;
  /** Its content, as an address of data. */
  readonly source: string;
  /** Columns of the picture. */
  readonly width: number;
  /** Rows of the picture. */
  readonly height: number;
}

/** A photograph and what was made of it. */
export interface GalleryItem {
  /** The name of the photograph. */
  readonly name: string;
  /** Why it is shown: "best", "random". */
  readonly kinds: readonly string[];
  /** What is said of it as a whole. */
  readonly remark: string;
  /** The classes in its masks, with their colours. */
  readonly classes: readonly { readonly name: string; readonly colour: string }[];
  /** Its pictures, in the order of the steps that made them. */
  readonly pictures: readonly GalleryPicture[];
}

/** Photographs with what was made of them; buttons, in this order, show those of one kind alone. */
export function gallery(items: readonly GalleryItem[], order: readonly string[]): Markup {
  const kinds = order.filter((kind) => items.some((item) => item.kinds.includes(kind)));
  const button = (kind: string, name: string, count: number) =>
    html`
      <button type="button" data-kind="${kind}"
        aria-pressed="${String(kind === "")}">${name} (${count})</button>
    `;
  return html`
    <div class="gallery">
      <p class="kinds" role="group" aria-label="Which photographs">
        ${button("", "all", items.length)}${kinds.map((kind) =>
          button(kind, kind, items.filter(({ kinds }) => kinds.includes(kind)).length)
        )}
      </p>
      ${items.map(itemOf)}
    </div>
  `;
}

/** A colour before the name of its class. */
export function swatch(name: Content, colour: string): Markup {
  return html`
    <span class="class"><span class="swatch" style="background: ${colour}"></span>${name}</span>
  `;
}

function itemOf({ name, kinds, remark, classes, pictures }: GalleryItem): Markup {
  return html`
    <article data-kinds="${kinds.join("|")}">
      <h4>${name} <small>${[kinds.join(", "), remark].filter((part) => part !== "").join(
        "; ",
      )}</small></h4>
      <p class="classes">${classes.map(({ name, colour }) => swatch(name, colour))}</p>
      <div class="pictures">${pictures.map(({ name: shown, figure, source, width, height }) =>
        html`
          <figure><img src="${source}" width="${width}" height="${height}" loading="lazy" alt="${name}: ${shown}"><figcaption>${shown}${figure !==
              undefined && html`<br><b>${figure}</b>`}</figcaption></figure>
        `
      )}</div>
    </article>
  `;
}
