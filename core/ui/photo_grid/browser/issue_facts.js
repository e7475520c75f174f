// What a customer was asked about a photo, and how far that has come: on the tile and in full screen.

import { element } from "./element.js"
import { age, localTime } from "./words.js"

/** The first is its folder. */
export function reasonTags({ reasons }) {
  return element(
    "ul",
    { className: "asked-for", ariaLabel: "Rejected for" },
    ...reasons.map((label, at) => element("li", { className: at ? "" : "is-folder" }, label)),
  )
}

/** "Third time, by Ada Adler" */
export function rejectionLine({ rejections, reviewer }) {
  const times = ["", "First time", "Second time", "Third time"][rejections] ?? `${rejections} times`
  return `${times}, by ${reviewer || "Loupe"}`
}

/** How the mail went, in words and colour; what was just done about it goes before. */
export function mailLine(desk, { id, issue: { mail } }) {
  const { text, level } = desk.reminded.has(id) ? { text: "Reminded just now", level: "fine" } : mail
  return element("p", { className: `mail is-${level}` }, text)
}

/** "" until the customer has been told: only then does the time begin. */
export function dueLine({ answer_due_at: at }) {
  if (!at) return ""
  const left = Date.parse(at) - Date.now()
  const isOver = left < 0
  const text = isOver ? `Answer overdue since ${shortDay(at)}` : `Answer due ${daysLeft(left)}, ${shortDay(at)}`
  return element("time", { dateTime: at, title: localTime(at), className: isOver ? "due is-over" : "due" }, text)
}

function daysLeft(milliseconds) {
  const hours = Math.ceil(milliseconds / 3_600_000)
  if (hours < 48) return `in ${hours} h`
  return `in ${Math.floor(hours / 24)} days`
}

/** "Fri 27 Nov", in the order of this browser's language. */
function shortDay(iso) {
  return new Date(iso).toLocaleDateString([], { weekday: "short", day: "numeric", month: "short" })
}

export function issueOnTile(desk, photo) {
  const { issue } = photo
  return element(
    "div",
    { className: "issue" },
    reasonTags(issue),
    issue.is_gentle && element("p", {}, element("strong", {}, "Gentle order")),
    issue.comment && element("div", { className: "clamped comment", title: issue.comment }, element("q", {}, issue.comment)),
    element("p", { className: "is-quiet" }, rejectionLine(issue)),
    mailLine(desk, photo),
    dueLine(issue),
  )
}

/** In full screen, before all that is known else. */
export function issueDetails(desk, photo) {
  const { issue } = photo
  return element(
    "div",
    { className: "issue" },
    reasonTags(issue),
    issue.is_gentle && element("p", {}, element("strong", {}, "Gentle order")),
    issue.comment && element("p", { className: "said" }, element("b", {}, "Comment for the customer: "), issue.comment),
    mailLine(desk, photo),
    issue.mail.error && element("p", { className: "is-quiet" }, issue.mail.error),
    dueLine(issue),
    element("p", { className: "is-quiet" }, `${rejectionLine(issue)}, ${localTime(issue.decided_at)}`),
  )
}

export function waitingForCustomer({ issue: { decided_at: since } }) {
  return element("time", { dateTime: since, title: `Rejected ${localTime(since)}` }, age(since))
}
