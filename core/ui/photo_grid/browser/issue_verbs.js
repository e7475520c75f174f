// What staff do about a photo that waits for its customer.

import { openConfirmation } from "./confirm_dialog.js"
import { act, say, sayForNow } from "./desk.js"
import { openDialog } from "./dialog.js"
import { element } from "./element.js"
import { openNote } from "./note_dialog.js"
import { photoCount } from "./words.js"

const REMIND = "Remind now"
const TAKE_BACK = "Take back"
const PRINT = "Print as it is"

export function remind(desk, photos) {
  const reached = photos.filter(({ issue }) => issue.email)
  if (!reached.length) return say(desk, "No e-mail address: copy the customer’s link instead.")
  openConfirmation(desk, reached, {
    verb: REMIND,
    className: "approve",
    title: `Remind about ${photoCount(reached.length)}?`,
    explanation: reminderWords(reached, photos.length - reached.length),
    then: () => act(desk, "reminded", reached),
  })
}

function reminderWords(photos, unreached) {
  const mails = new Set(photos.map((photo) => photo.order_id)).size
  const one = `Mails the customer of ${photos[0].order_name}: what is asked about the order’s photos, and the link to answer.`
  const many = `Mails ${mails} customers: each gets what is asked about their order’s photos, and the link to answer.`
  const rest = unreached ? ` ${photoCount(unreached)} without an e-mail address left out.` : ""
  return (mails === 1 ? one : many) + rest
}

/** One photo can be rejected again as quickly; many are asked about. */
export function takeBack(desk, photos) {
  const then = () => act(desk, "taken_back", photos)
  if (photos.length === 1) return then()
  openConfirmation(desk, photos, {
    verb: TAKE_BACK,
    className: "approve",
    title: `Take back ${photoCount(photos.length)}?`,
    explanation: "Back to Image approval. Their customers are not asked any more.",
    then,
  })
}

export function printAsItIs(desk, photos) {
  const fit = photos.filter(({ issue }) => issue.may_keep)
  if (!fit.length) return say(desk, whyUnfit(photos))
  const [it, is] = fit.length === 1 ? ["it", "is"] : ["they", "are"]
  const left = photos.length - fit.length
  openNote(desk, fit, {
    title: `Print ${photoCount(fit.length)} as ${it} ${is}?`,
    explanation:
      "You decide for the customer, who is not asked any more. The last look is in Image approval." +
      (left ? ` ${photoCount(left)} left out: ${whyUnfit(photos.filter((each) => !fit.includes(each)))}` : ""),
    label: "Why? It is kept with the photo.",
    placeholder: "Phoned her: she wants it as it is",
    verb: PRINT,
    then: (why) => act(desk, "kept", fit, { why }),
  })
}

function whyUnfit(photos) {
  const isMissing = photos.every(({ sha256 }) => !sha256)
  return isMissing ? "No picture came: there is nothing to print." : "A reason it was rejected for does not allow it."
}

/** Gently first: as usual only where all of them are asked about gently already. */
export function askGently(desk, photos) {
  const isGentle = photos.every(({ issue }) => issue.is_gentle)
  act(desk, isGentle ? "asked_as_usual" : "asked_gently", photos)
  sayForNow(desk, isGentle ? "Asked about as usual from now on." : "Asked about gently from now on.")
}

export async function copyLink(desk, [{ order_name: order, issue }]) {
  try {
    await navigator.clipboard.writeText(issue.link)
    sayForNow(desk, `Copied the link of ${order}’s customer.`)
  } catch (error) {
    // Without https there is no clipboard at all, and a browser may forbid it.
    if (!(error instanceof TypeError || error instanceof DOMException)) throw error
    showLink(desk, order, issue.link)
  }
}

function showLink(desk, order, link) {
  const title = `The link of ${order}’s customer`
  const field = element("input", { type: "text", readOnly: true, value: link, ariaLabel: title })
  const close = element("button", { type: "button" }, "Close")
  const dialog = openDialog(
    desk,
    { name: title, className: "confirmation" },
    element("h2", {}, title),
    element("p", {}, "This browser does not let us copy it: press Ctrl C, or ⌘ C."),
    field,
    element("div", { className: "choices" }, close),
  )
  close.onclick = () => dialog.close()
  field.focus()
  field.select()
}
