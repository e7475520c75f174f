// "Approve 3 photos?", with the photos that are meant.

import { openDialog } from "./dialog.js"
import { element, verbButton } from "./element.js"
import { keyOf } from "./keys.js"
import { picture } from "./pictures.js"
import { sparing, sparingWords } from "./unasked.js"
import { photoCount } from "./words.js"

/** Does it at once where the reviewer wants no question today. */
export function openConfirmation(desk, photos, { verb, className, title, explanation, then }) {
  const spared = sparing(desk, verb, photos)
  if (spared?.isSpared) return then()
  const confirm = verbButton(verb, {
    className,
    type: "submit",
    value: verb,
    autofocus: true,
    key: "Enter",
  })
  const cancel = element("button", { type: "button" }, "Cancel")
  const never = spared && element("input", { type: "checkbox" })
  const form = element(
    "form",
    { method: "dialog" },
    element("h2", {}, title),
    explanation && element("p", {}, explanation),
    thumbnails(photos),
    spared && sparingLabel(never),
    element("div", { className: "choices" }, cancel, confirm),
  )
  const onKey = (event) => keyOf(event) === "d" && !event.repeat && never?.click()
  // After closing: only then is the focus back on a tile, from where it can move on.
  const onClose = (choice) => {
    if (choice !== verb) return
    if (never?.checked) spared.spare()
    then()
  }
  const dialog = openDialog(desk, { name: title, className: "confirmation", onKey, onClose }, form)
  cancel.onclick = () => dialog.close()
}

function sparingLabel(input) {
  const key = element("kbd", { ariaHidden: "true" }, "D")
  return element("label", { className: "sparing" }, input, sparingWords(), key)
}

/** What scrolls has to be in reach of the keyboard. */
export function thumbnails(photos, { scrolls = false } = {}) {
  const reach = scrolls ? { tabIndex: 0, ariaLabel: photoCount(photos.length) } : {}
  return element(
    "ul",
    { className: "thumbnails", ...reach },
    ...photos.map(({ sha256, label, width, height }) =>
      element(
        "li",
        {},
        picture(sha256, "grid", { alt: "", width, height }),
        element("span", {}, label),
      ),
    ),
  )
}
