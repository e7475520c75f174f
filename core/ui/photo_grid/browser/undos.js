// What may be taken back, the newest first: what is still on its way, then what the server lists.

import { sayForNow, unsend } from "./desk.js"
import { post, uuid } from "./outbox.js"
import { comeBack } from "./returning.js"
import { countdown, decisionLabel } from "./words.js"

const MOST_UNDOS = 10
const FINAL = "Leaving cannot be taken back here."

/** The time left is read once for each batch: later rows repeat it as it was when they were made. */
export function takeUndos(desk, undos) {
  const ends = new Map(desk.undos.map(({ batch, endsAt }) => [batch, endsAt]))
  desk.undos = undos.map((each) => ({
    ...each,
    endsAt: ends.get(each.batch) ?? performance.now() + each.seconds * 1000,
  }))
}

/** As { batch, label, endsAt }; without an end while the server has not answered, and without a
 * batch where what was done last is final: it stands before the others, or U would be about them. */
export function undoables(desk) {
  const { waiting } = desk.outbox
  const leaving = new Set(waiting.map(({ value }) => value.batch))
  const underway = waiting
    .filter(({ event }) => event === "decided")
    .map(({ value }) => ({ batch: value.request, label: decisionLabel(value), endsAt: null }))
  const found = [...underway.reverse(), ...desk.undos].filter(({ batch }) => !leaving.has(batch))
  const final = desk.final ? [desk.final] : []
  return [...final, ...found.slice(0, MOST_UNDOS)].filter((each) => secondsLeft(each) !== 0)
}

/** null: its time has not begun. */
export function secondsLeft({ endsAt }) {
  return endsAt === null ? null : Math.max(0, Math.round((endsAt - performance.now()) / 1000))
}

/** "7:41", or nothing while its time has not begun. */
export function timeLeft(undoable) {
  const seconds = secondsLeft(undoable)
  return seconds === null ? "" : countdown(seconds)
}

/** Takes back the newest. */
export function undo(desk) {
  const [newest] = undoables(desk)
  if (newest?.batch) undoBatch(desk, newest.batch)
  else if (newest) sayForNow(desk, FINAL)
}

/** A decision's request is its batch, so one that is on its way can be taken back behind it. */
export function undoBatch(desk, batch) {
  desk.final = null
  if (!unsend(desk, batch)) post(desk.outbox, "undone", { request: uuid(), batch })
  desk.changed()
  comeBack(desk)
}
