// Photos that a reviewer leaves for a manager, with a note.

import { thumbnails } from "./confirm_dialog.js"
import { leaveFor } from "./desk.js"
import { openDialog } from "./dialog.js"
import { element, isDisabled, setDisabled, verbButton } from "./element.js"
import { photoCount } from "./words.js"

const LONGEST_NOTE = 2000
const LEAVE = "Leave"

export function openLeaving(desk, photos) {
  const title = `Leave ${photoCount(photos.length)} for a manager?`
  const note = element("textarea", { id: "left-note", rows: 3, maxLength: LONGEST_NOTE })
  const key = "Ctrl Enter"
  const confirm = verbButton(LEAVE, { className: "approve", type: "submit", value: LEAVE, key })
  const cancel = element("button", { type: "button" }, "Cancel")
  const form = element(
    "form",
    { method: "dialog", noValidate: true },
    element("h2", {}, title),
    thumbnails(photos),
    element("label", { htmlFor: "left-note", className: "comment-head" }, "What should they know?"),
    note,
    element("div", { className: "choices" }, cancel, confirm),
  )
  const draw = () => setDisabled(confirm, !note.value.trim())
  note.oninput = draw
  note.onkeydown = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(confirm)
  }
  form.onsubmit = (event) => {
    if (isDisabled(confirm)) event.preventDefault()
  }
  const onClose = (choice) => choice === LEAVE && leaveFor(desk, photos, note.value.trim())
  const dialog = openDialog(desk, { name: title, className: "rejection", onClose }, form)
  cancel.onclick = () => dialog.close()
  draw()
  note.focus()
}
