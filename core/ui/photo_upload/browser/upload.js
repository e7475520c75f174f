// A file on its way to the server, sent again while the connection comes and goes.

const ATTEMPTS = 6
const LONGEST_BREAK = 15_000 // milliseconds

/**
 * Resolves to the server's `{ status, answer }`; `answer` is null where it was not ours.
 * Rejects when the connection stays away, and when `signal` is aborted.
 */
export async function upload(file, address, { signal, onProgress, onLost }) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const reply = await sendOnce(file, address, { signal, onProgress })
      if (reply.status !== 503 || attempt === ATTEMPTS) return reply
    } catch (error) {
      if (signal.aborted || attempt === ATTEMPTS) throw error
      onLost()
    }
    await pauseForLine(Math.min(1000 * 2 ** attempt, LONGEST_BREAK), signal)
  }
}

function sendOnce(file, address, { signal, onProgress }) {
  return new Promise((resolve, reject) => {
    // Not `fetch`: it does not tell how much has been sent.
    const request = new XMLHttpRequest()
    request.open("PUT", address)
    request.setRequestHeader("X-Loupe", "1")
    request.setRequestHeader("X-File-Name", encodeURIComponent(file.name))
    request.upload.onprogress = (event) => onProgress(event.loaded / event.total)
    request.onload = () => resolve({ status: request.status, answer: parsed(request.response) })
    request.onerror = () => reject(new Error("lost"))
    request.onabort = () => reject(new Error("cancelled"))
    signal.addEventListener("abort", () => request.abort())
    request.send(file)
  })
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function pauseForLine(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const done = new AbortController()
    const end = (settle) => () => {
      done.abort()
      clearTimeout(timer)
      settle()
    }
    const timer = setTimeout(end(resolve), milliseconds)
    addEventListener("online", end(resolve), { signal: done.signal })
    signal.addEventListener("abort", end(() => reject(new Error("cancelled"))), {
      signal: done.signal,
    })
  })
}
