// A question that is answered in a few words, about the photos that are meant.

import { thumbnails } from "./confirm_dialog.js"
import { openDialog } from "./dialog.js"
import { element, isDisabled, setDisabled, verbButton } from "./element.js"

const LONGEST_NOTE = 2000

/** `then` is given the words; without any, the verb stays out of reach. */
export function openNote(desk, photos, { title, explanation, label, placeholder = "", verb, then }) {
  const note = element("textarea", { id: "note", rows: 3, maxLength: LONGEST_NOTE, placeholder })
  const key = "Ctrl Enter"
  const confirm = verbButton(verb, { className: "approve", type: "submit", value: verb, key })
  const cancel = element("button", { type: "button" }, "Cancel")
  const form = element(
    "form",
    { method: "dialog", noValidate: true },
    element("h2", {}, title),
    explanation && element("p", {}, explanation),
    thumbnails(photos, { scrolls: true }),
    element("label", { htmlFor: "note", className: "comment-head" }, label),
    note,
    element("div", { className: "choices" }, cancel, confirm),
  )
  const draw = () => setDisabled(confirm, !note.value.trim())
  note.oninput = draw
  // The key that opened this may still be held, and would be typed.
  let isHeld = true
  note.addEventListener("keyup", () => (isHeld = false))
  note.onkeydown = (event) => {
    isHeld &&= event.repeat
    if (isHeld) event.preventDefault()
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(confirm)
  }
  form.onsubmit = (event) => {
    if (isDisabled(confirm)) event.preventDefault()
  }
  const onClose = (choice) => choice === verb && then(note.value.trim())
  const dialog = openDialog(desk, { name: title, className: "rejection", onClose }, form)
  cancel.onclick = () => dialog.close()
  draw()
  note.focus()
}
