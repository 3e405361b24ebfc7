// Elements of a page, and data that comes from its server.

/** An element with attributes; listeners are attributes that begin with "on", children texts or elements. */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false || value === null) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== false));
  return element;
}

const byId = (id) => document.getElementById(id);
const pageData = JSON.parse(byId("data").textContent);

/** Says something to those who do not see the page, too. */
function say(text) {
  byId("status").textContent = text;
}

/** An answer of the server; what it refuses, or a server that is gone, is said on the page. */
async function ask(address, body) {
  const options = body === undefined ? {} : {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
  let answer;
  try {
    answer = await fetch(address, options);
  } catch {
    say("The server is gone. Start it again in the terminal and open its new address.");
    throw new Error("no server");
  }
  if (!answer.ok) {
    const reason = (await answer.text()).trim();
    say(reason);
    throw new Error(reason);
  }
  return answer;
}

/** Whether a key is meant for what has the focus, not for the page. */
function isTyped(event) {
  const { target } = event;
  const writes = target.matches("input:not([type=checkbox]):not([type=range]), select, textarea");
  return writes || event.ctrlKey || event.metaKey || event.altKey ||
    (target.matches("button, a, input") && (event.key === "Enter" || event.key === " "));
}

/** A share as per cent, to a tenth. */
const percent = (share) => `${(100 * share).toFixed(1)} %`;

/** A list of keys, and words below it, as a dialog that `?` opens. */
function helpDialog(rows, words) {
  const dialog = make(
    "dialog",
    { "aria-label": "Keys", class: "keys" },
    make("h2", {}, "Keys"),
    make(
      "table",
      {},
      ...rows.map(([keys, what]) =>
        make(
          "tr",
          {},
          make("th", { scope: "row" }, ...keys.split(" ").map((key) => make("kbd", {}, key))),
          make("td", {}, what),
        )
      ),
    ),
    words && make("p", {}, words),
    make("form", { method: "dialog" }, make("button", { class: "primary" }, "Close")),
  );
  document.body.append(dialog);
  return dialog;
}
