// Which questions this person wants to be spared for the rest of the day.

import { forget, keep, recall } from "./storage.js"

/** More than these are always asked about. */
const MOST_UNASKED = 5
const UNASKED_NAME = "unasked"

/** `null` where the question cannot be spared. */
export function sparing(desk, verb, photos) {
  if (photos.length > MOST_UNASKED) return null
  return {
    isSpared: unaskedToday(desk).includes(verb),
    spare: () => keepUnasked(desk, [...unaskedToday(desk), verb]),
  }
}

export function unaskedToday({ data: { person } }) {
  const kept = recall(person, UNASKED_NAME)
  return kept?.day === today() ? kept.verbs : []
}

export function askAgain({ data: { person } }) {
  forget(person, UNASKED_NAME)
}

export function sparingWords() {
  return `Don’t ask again today for up to ${MOST_UNASKED} photos`
}

function keepUnasked({ data: { person } }, verbs) {
  keep(person, UNASKED_NAME, { day: today(), verbs })
}

/** The reviewer's own day, not that of Greenwich. */
function today() {
  return new Date().toDateString()
}
