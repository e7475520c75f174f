// Messages to the server, one at a time.
// Streamlit keeps only the last value of a trigger, so a second decision sent before the first
// was read would replace it: each waits for the server's answer to the one before.

const PATIENCE = 8_000 // milliseconds

/** Has the browser ask before it leaves while a decision is on its way. */
const askFirst = (event) => event.preventDefault()

export function createOutbox(changed) {
  return { send: null, waiting: [], isCut: false, isLate: false, timer: null, changed }
}

export function post(outbox, event, value) {
  outbox.waiting.push({ event, value })
  if (outbox.waiting.length === 1) sendFirst(outbox)
}

/** Safe to call again: the server knows the request by its id. */
export function sendFirst(outbox) {
  const [first] = outbox.waiting
  outbox.isLate = false
  clearTimeout(outbox.timer)
  if (!first) return window.removeEventListener("beforeunload", askFirst)
  window.addEventListener("beforeunload", askFirst)
  if (outbox.isCut) return // it goes out once the connection is back
  outbox.timer = setTimeout(() => {
    outbox.isLate = true
    outbox.changed()
  }, PATIENCE)
  outbox.send(first.event, first.value)
}

/** The message that this outcome answers, once; null when it answers none of ours. */
export function takeAnswered(outbox, outcome) {
  const [first] = outbox.waiting
  if (!first || first.value.request !== outcome?.request) return null
  outbox.waiting.shift()
  // Where nothing was decided, nothing can be taken back.
  if (!outcome.done.length) {
    outbox.waiting = outbox.waiting.filter(({ value }) => value.batch !== outcome.request)
  }
  sendFirst(outbox)
  return first
}

/** Takes out a message that was never sent; the first one may have been. */
export function withdraw(outbox, request) {
  const at = outbox.waiting.findIndex(({ value }) => value.request === request)
  if (at < 1) return false
  outbox.waiting.splice(at, 1)
  return true
}

/** What was not sent is kept for when the grid is back; leaving the tab then still asks. */
export function closeOutbox(outbox) {
  clearTimeout(outbox.timer)
  if (outbox.waiting.length < 2 && !outbox.isCut) window.removeEventListener("beforeunload", askFirst)
}

/** `crypto.randomUUID` is missing on plain http pages of a shop's own network. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")
}
