// What the photo in full screen has been through, and the other photos of its order.

import { openPhotos } from "./desk.js"
import { element } from "./element.js"
import { picture } from "./pictures.js"
import { localTime, PAST_OF } from "./words.js"

/** Whoever only turns pages asks for nothing. */
const DELAY = 150 // milliseconds

/** `compare` is given a picture to stand beside this one, `open` another photo of the order. */
export function createHistory(desk, { compare, open }) {
  const node = element("div", { className: "history" })
  return { desk, node, compare, open, photo: null, asked: null }
}

/** At once what came with the photo's row; all of it when the server has told. */
export function showHistory(history, photo) {
  if (history.photo?.id === photo.id && history.photo.version === photo.version) return
  closeHistory(history)
  history.photo = photo
  history.rounds = photo.earlier ? [knownRound(photo.earlier)] : []
  draw(history, { rounds: history.rounds, on_order: [], notes: [] })
  history.asked = new AbortController()
  history.timer = setTimeout(() => ask(history, history.asked.signal), DELAY)
}

export function closeHistory(history) {
  clearTimeout(history.timer)
  history.asked?.abort()
}

function knownRound({ sha256, reasons, comment, reviewer, decided_at }) {
  const told = { verdict: "rejected", reasons, comment, reviewer, decided_at }
  return { sha256, verdicts: [told] }
}

async function ask(history, signal) {
  const { photo } = history
  try {
    const answer = await fetch(`/desk/photos/${photo.id}/history`, { signal })
    if (!answer.ok) throw new TypeError(`answered ${answer.status}`)
    const found = await answer.json()
    history.rounds = found.rounds
    draw(history, found)
  } catch (error) {
    if (signal.aborted) return
    const sorry = "What happened to it before could not be loaded."
    history.node.append(element("p", { className: "is-quiet" }, sorry))
  }
}

function draw({ desk, node, photo, compare, open }, { rounds, on_order: photos, notes }) {
  const past = rounds.filter(
    ({ verdicts, origin }, at) => verdicts.length || origin === "staff" || at < rounds.length - 1,
  )
  const others = photos.length > 1 ? photos : []
  // The one that is still open stands above all this.
  const read = notes.filter(({ by, text }) => by !== photo.left_by || text !== photo.left_note)
  const waiting = new Map(openPhotos(desk).map((each) => [each.id, each]))
  node.replaceChildren(
    ...section("Notes", "notes", read.toReversed(), noteItem),
    ...section("Before", "rounds", past.toReversed(), (each) => roundItem(each, photo, compare)),
    ...section("On this order", "siblings", others, (each, at) =>
      sibling(each, at, { desk, photo, waiting, open }),
    ),
  )
}

function section(title, className, found, item) {
  if (!found.length) return []
  const list = element("ul", { className, ariaLabel: title }, ...found.map(item))
  return [element("h3", {}, title), list]
}

function noteItem({ by, text, noted_at: at }) {
  return element(
    "li",
    {},
    element("p", {}, element("q", {}, text)),
    element("p", { className: "is-quiet" }, `${by}, ${localTime(at)}`),
  )
}

function roundItem(round, photo, compare) {
  const { sha256, verdicts, received_at: at, origin, width, height } = round
  const isNow = sha256 === photo.sha256
  const when = at && `${ORIGINS[origin]}, ${localTime(at)}`
  const size = width && `${width} × ${height} px`
  return element(
    "li",
    {},
    element(
      "div",
      { className: "told" },
      ...verdicts.toReversed().flatMap(verdictLines),
      (when || size) &&
        element("p", { className: "is-quiet" }, [isNow && "This picture", when, size].filter(Boolean).join(" · ")),
    ),
    sha256 && thumbnail(round, isNow ? null : () => compare(round)),
  )
}

const ORIGINS = { order: "Came with the order", customer: "Sent by the customer", staff: "By staff" }

function thumbnail({ sha256 }, onclick) {
  const alt = onclick ? "The picture before" : "The picture as it is now"
  const shown = picture(sha256, "grid", { alt, width: 64, height: 64 })
  if (!onclick) return shown
  const name = "Compare with this picture"
  return element("button", { type: "button", ariaLabel: name, title: name, onclick }, shown)
}

function verdictLines(told) {
  const { verdict, reasons, comment, reviewer, decided_at: at, is_undone: isUndone, answer } = told
  const did = [PAST_OF[verdict], reasons.join(", ")].filter(Boolean).join(": ")
  return [
    element("p", {}, isUndone ? element("s", {}, did) : did, isUndone && " taken back"),
    comment && element("p", {}, element("q", {}, comment)),
    element("p", { className: "is-quiet" }, [reviewer, localTime(at)].filter(Boolean).join(", ")),
    ...answerLines(answer),
  ]
}

const ANSWERS = { replaced: "sent a new photo", kept: "keeps it as it is", asked: "wrote" }
const ANSWERED_BY = {
  customer: "The customer",
  staff: "Staff, for the customer,",
  policy: "The shop’s rule",
}

function answerLines(answer) {
  if (!answer) return []
  const { kind, by, message, responded_at: at } = answer
  return [
    element(
      "p",
      { className: "answer" },
      `${ANSWERED_BY[by]} ${ANSWERS[kind]}, ${localTime(at)}`,
      message && element("q", {}, message),
    ),
  ]
}

const STATES = {
  fetching: "On its way",
  to_check: "To check",
  in_review: "In review",
  rejected: "With customer",
  approved: "Approved",
  withdrawn: "Not printed",
}

function sibling({ id, state, sha256, product, variant }, at, { desk, photo, waiting, open }) {
  const says = desk.decided.has(id) ? "Decided" : STATES[state]
  const what = [`Photo ${at + 1}`, variant ? `${product}, ${variant}` : product, says].join(", ")
  const inside = [
    sha256
      ? picture(sha256, "grid", { alt: "", width: 64, height: 64 })
      : element("span", { className: "picture" }),
    element("span", { ariaHidden: "true" }, says),
  ]
  const isThis = id === photo.id
  if (!waiting.has(id) || isThis) {
    const className = isThis ? "sibling is-this" : "sibling"
    return element("li", {}, element("span", { className, title: what }, ...inside))
  }
  const onclick = () => open(waiting.get(id))
  const properties = { type: "button", className: "sibling", ariaLabel: what, title: what, onclick }
  return element("li", {}, element("button", properties, ...inside))
}
