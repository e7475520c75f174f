// Messages to the server, one at a time.
// Streamlit keeps only the last value of a trigger, so a second decision sent before the first
// was read would replace it: each waits for the server's answer to the one before.

const PATIENCE = 8_000 // milliseconds
const FIRST_PAUSE = 1_500 // milliseconds before the same is sent again, then twice as long, and so on
const LONGEST_PAUSE = 30_000

/** Has the browser ask before it leaves while a decision is on its way. */
const askFirst = (event) => event.preventDefault()

export function createOutbox(changed) {
  return { send: null, waiting: [], isCut: false, isLate: false, timer: null, pause: null, changed }
}

export function post(outbox, event, value) {
  outbox.waiting.push({ event, value })
  if (outbox.waiting.length === 1) sendFirst(outbox)
}

/** Safe to call again: the server knows the request by its id. */
export function sendFirst(outbox) {
  const [first] = outbox.waiting
  outbox.isLate = false
  stopTimers(outbox)
  if (!first) return window.removeEventListener("beforeunload", askFirst)
  window.addEventListener("beforeunload", askFirst)
  if (outbox.isCut) return // it goes out once the connection is back
  outbox.timer = setTimeout(() => {
    outbox.isLate = true
    outbox.changed()
  }, PATIENCE)
  sendUntilAnswered(outbox, first, FIRST_PAUSE)
}

/** An answer may be lost with the run of the page that was to bring it. */
function sendUntilAnswered(outbox, message, pause) {
  outbox.send(message.event, message.value)
  const longer = Math.min(2 * pause, LONGEST_PAUSE)
  outbox.pause = setTimeout(() => sendUntilAnswered(outbox, message, longer), pause)
}

function stopTimers({ timer, pause }) {
  clearTimeout(timer)
  clearTimeout(pause)
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
  stopTimers(outbox)
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
