// Messages to the server, one at a time.
// Streamlit keeps only the last value of a trigger, so a second decision sent before the first
// was read would replace it: each waits for the server's answer to the one before.

const PATIENCE = 20_000 // milliseconds

/** Has the browser ask before it leaves while a decision is on its way. */
const askFirst = (event) => event.preventDefault()

export function createOutbox(changed) {
  return { send: null, waiting: [], isLate: false, timer: null, changed }
}

export function post(outbox, event, value) {
  outbox.waiting.push({ event, value })
  window.addEventListener("beforeunload", askFirst)
  if (outbox.waiting.length === 1) sendFirst(outbox)
}

/** Safe to call again: the server knows the request by its id. */
export function sendFirst(outbox) {
  const [{ event, value }] = outbox.waiting
  outbox.isLate = false
  clearTimeout(outbox.timer)
  outbox.timer = setTimeout(() => {
    outbox.isLate = true
    outbox.changed()
  }, PATIENCE)
  outbox.send(event, value)
}

/** The message that this outcome answers, once; null when it answers none of ours. */
export function takeAnswered(outbox, outcome) {
  const [first] = outbox.waiting
  if (!first || first.value.request !== outcome?.request) return null
  outbox.waiting.shift()
  clearTimeout(outbox.timer)
  outbox.isLate = false
  if (outbox.waiting.length) sendFirst(outbox)
  else window.removeEventListener("beforeunload", askFirst)
  return first
}

export function closeOutbox(outbox) {
  clearTimeout(outbox.timer)
  window.removeEventListener("beforeunload", askFirst)
}

/** `crypto.randomUUID` is missing on plain http pages of a shop's own network. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")
}
