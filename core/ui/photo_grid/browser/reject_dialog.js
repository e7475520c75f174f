// Why these photos cannot be printed well, and what their customers will read about it.

import { thumbnails } from "./confirm_dialog.js"
import { customersWords, keepingNote, recipients } from "./customers_words.js"
import { decide } from "./desk.js"
import { openDialog } from "./dialog.js"
import { draftFor, dropDraft } from "./drafts.js"
import { element, isDisabled, setDisabled, verbButton } from "./element.js"
import { combinationButtons, rememberCombination } from "./recent_reasons.js"
import { digitOf, keyOf } from "./keys.js"
import { insertSnippet, snippetButtons } from "./snippets.js"
import { photoCount } from "./words.js"

const LONGEST_COMMENT = 2000

export function openRejection(desk, photos) {
  const title = `Reject ${photoCount(photos.length)}?`
  const draft = draftFor(desk, photos)
  const view = {
    desk,
    photos,
    draft,
    boxes: reasonBoxes(reasonsFor(desk, photos), photos, draft),
    comment: element("textarea", { id: "comment", rows: 3, maxLength: LONGEST_COMMENT }),
    counter: element("span", { className: "counter" }),
    snippets: element("div", { className: "snippets", role: "group", ariaLabel: "Insert" }),
    preview: element("div", { className: "preview" }),
    keeping: element("p", { className: "is-quiet" }),
    missing: element("p", { className: "missing", id: "missing", role: "status" }),
    confirm: verbButton("Reject", {
      className: "reject",
      type: "submit",
      value: "Reject",
      key: "Enter",
      "aria-describedby": "missing",
    }),
    restart: element("button", { type: "button", className: "quiet" }, "Start over"),
  }
  const form = rejectionForm(view, title)
  const onKey = (event) => pressInRejection(view, event)
  const onClose = (choice) => (choice === "Reject" ? send(view) : desk.changed())
  view.dialog = openDialog(desk, { name: title, className: "rejection", onKey, onClose }, form)
  view.comment.value = view.draft.comment
  drawRejection(view)
  view.boxes[0]?.input.focus()
}

/** Each shop has reasons of its own; for photos of several, each is told with its shop. */
function reasonsFor(desk, photos) {
  const shops = new Set(photos.map((photo) => photo.shop_id))
  const own = desk.data.reasons.filter((reason) => shops.has(reason.shop_id))
  if (shops.size < 2) return own
  return own.map((reason) => ({ ...reason, label: `${reason.shop}: ${reason.label}` }))
}

/** What was noticed in a photo brings its reason to the top, also one that is not always offered. */
function reasonBoxes(reasons, photos, draft) {
  const suggested = new Set(photos.flatMap((photo) => photo.suggested))
  const offered = reasons.filter((reason) => reason.is_offered)
  const boxes = reasons
    .filter(({ id, code, is_offered: isOffered }) => {
      return isOffered || suggested.has(code) || draft.reasons.includes(id)
    })
    .map((reason) => {
      // The same for every photo, wherever the reason stands: fingers know them by heart.
      const digit = offered.indexOf(reason) + 1
      return reasonBox(reason, suggested.has(reason.code), digit <= 9 ? digit : 0)
    })
  return [...boxes.filter((box) => box.isSuggested), ...boxes.filter((box) => !box.isSuggested)]
}

/** A suggestion only marks a reason: choosing it is the reviewer's. */
function reasonBox(reason, isSuggested, digit) {
  const input = element("input", { type: "checkbox" })
  const filed = element("span", { className: "filed" })
  const label = element(
    "label",
    { className: "reason" },
    input,
    element("span", { className: "name" }, reason.label),
    isSuggested && element("span", { className: "suggested" }, "suggested"),
    filed,
    digit > 0 && element("kbd", { ariaHidden: "true" }, String(digit)),
  )
  return { reason, input, filed, label, digit, isSuggested }
}

function rejectionForm(view, title) {
  const { desk, photos, boxes, comment, counter, preview, missing, confirm, restart } = view
  const cancel = element("button", { type: "button" }, "Cancel")
  cancel.onclick = () => view.dialog.close()
  restart.onclick = () => startOver(view)
  comment.oninput = () => drawRejection(view)
  for (const box of boxes) box.input.onchange = () => choose(view, box)
  const goesTo = recipients(photos)
  const form = element(
    "form",
    { method: "dialog", noValidate: true },
    element("h2", {}, title),
    goesTo && element("p", { className: "goes-to" }, goesTo),
    thumbnails(photos, { scrolls: true }),
    element(
      "fieldset",
      {},
      element("legend", {}, "Why? The first reason is the folder it is filed under."),
      combinationButtons(desk, boxes, (reasons) => chooseOnly(view, reasons)),
      element("div", { className: "reasons" }, ...boxes.map(({ label }) => label)),
    ),
    element(
      "div",
      { className: "comment-head" },
      element("label", { htmlFor: "comment" }, "Comment for the customer"),
      counter,
    ),
    comment,
    view.snippets,
    element("h3", {}, photos.length > 1 ? "What the first customer will read" : "What the customer will read"),
    preview,
    view.keeping,
    element("div", { className: "choices" }, missing, restart, cancel, confirm),
  )
  form.onsubmit = (event) => refuseUnlessWhole(view, event)
  comment.onkeydown = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(confirm)
  }
  return form
}

function choose(view, { reason, input }) {
  const others = view.draft.reasons.filter((id) => id !== reason.id)
  view.draft.reasons = input.checked ? [...others, reason.id] : others
  drawRejection(view)
}

function chooseOnly(view, reasons) {
  view.draft.reasons = [...reasons]
  drawRejection(view)
}

/** Digits are reasons, letters the combinations above them, I the next sentence for the comment. */
function pressInRejection({ boxes, comment, snippets, dialog }, event) {
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey
  // A key held down would choose and unchoose.
  if (event.target === comment || !isPlain || event.repeat) return
  const key = keyOf(event)
  const pressed = digitOf(event)
  const combination = /^[a-z]$/.test(key) && dialog.querySelector(`.combinations [data-key=${key}]`)
  if (pressed) boxes.find(({ digit }) => digit === pressed)?.input.click()
  else if (combination) combination.click()
  else if (key === "i") snippets.firstElementChild?.click()
}

function startOver(view) {
  view.draft.reasons = []
  view.comment.value = ""
  drawRejection(view)
  view.boxes[0]?.input.focus()
}

function chosenReasons({ draft, boxes }) {
  const byId = new Map(boxes.map(({ reason }) => [reason.id, reason]))
  return draft.reasons.map((id) => byId.get(id)).filter(Boolean)
}

function drawRejection(view) {
  const { draft, boxes, comment, counter, preview, missing, confirm, restart } = view
  draft.comment = comment.value
  const chosen = chosenReasons(view)
  for (const { reason, input, filed } of boxes) {
    const place = chosen.indexOf(reason)
    input.checked = place >= 0
    filed.textContent = place === 0 ? "filed under" : ""
  }
  counter.textContent = `${comment.value.length} / ${LONGEST_COMMENT}`
  drawSnippets(view, chosen)
  preview.replaceChildren(...customersWords(view.photos, chosen, comment.value))
  view.keeping.textContent = keepingNote(chosen)
  missing.textContent = whatIsMissing(chosen, comment.value)
  setDisabled(confirm, missing.textContent !== "")
  restart.hidden = !chosen.length && !comment.value
}

function drawSnippets(view, chosen) {
  const { comment, snippets } = view
  const insert = (text) => {
    insertSnippet(comment, text)
    // The button that was clicked goes; a key pressed elsewhere goes on from there.
    if (snippets.matches(":focus-within")) comment.focus()
    drawRejection(view)
  }
  snippets.replaceChildren(...snippetButtons(chosen, comment, insert))
}

function whatIsMissing(chosen, comment) {
  if (!chosen.length) return "Choose at least one reason."
  const wordless = chosen.find((reason) => reason.comment_required && !comment.trim())
  return wordless ? `“${wordless.label}” needs a comment.` : ""
}

function refuseUnlessWhole({ boxes, comment, confirm, draft }, event) {
  if (!isDisabled(confirm)) return
  event.preventDefault()
  const first = draft.reasons.length ? comment : boxes[0]?.input
  first?.focus()
}

function send({ desk, photos, draft }) {
  dropDraft(desk, draft)
  rememberCombination(desk, draft.reasons)
  decide(desk, "rejected", photos, draft.reasons, draft.comment.trim())
}
