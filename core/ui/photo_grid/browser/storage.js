// What this browser keeps for one person: a shop's computer may be everybody's.

/** The browser may forbid storage or run out of it: then nothing is kept, and nothing else fails. */
function tryStorage(use) {
  try {
    return use()
  } catch (error) {
    if (error instanceof DOMException || error instanceof SyntaxError) return null
    throw error
  }
}

const placeOf = (person, name) => `loupe.${person}.${name}`

/** null when nothing was kept. */
export function recall(person, name, storage = () => localStorage) {
  return tryStorage(() => JSON.parse(storage().getItem(placeOf(person, name))))
}

export function keep(person, name, value, storage = () => localStorage) {
  tryStorage(() => storage().setItem(placeOf(person, name), JSON.stringify(value)))
}

export function forget(person, name, storage = () => localStorage) {
  tryStorage(() => storage().removeItem(placeOf(person, name)))
}
