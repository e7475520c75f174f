// "Approve 3 photos?", with the photos that are meant.

import { openDialog } from "./dialog.js"
import { element, verbButton } from "./element.js"
import { picture } from "./pictures.js"

export function openConfirmation(desk, photos, { verb, className, title, explanation, then }) {
  const confirm = verbButton(verb, {
    className,
    type: "submit",
    value: verb,
    autofocus: true,
    key: "Enter",
  })
  const cancel = element("button", { type: "button" }, "Cancel")
  const form = element(
    "form",
    { method: "dialog" },
    element("h2", {}, title),
    explanation && element("p", {}, explanation),
    thumbnails(photos),
    element("div", { className: "choices" }, cancel, confirm),
  )
  // After closing: only then is the focus back on a tile, from where it can move on.
  const onClose = (choice) => choice === verb && then()
  const dialog = openDialog(desk, { name: title, className: "confirmation", onClose }, form)
  cancel.onclick = () => dialog.close()
}

export function thumbnails(photos) {
  return element(
    "ul",
    { className: "thumbnails" },
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
