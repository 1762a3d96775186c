import type { Millis } from '@sluice/credit'

/** Whether the promise settled before the time was up and the signal fired; never rejects. */
export async function within(promise: Promise<unknown>, time: Millis, signal?: AbortSignal): Promise<boolean> {
  if (signal?.aborted === true) return false
  let giveUp = (): void => {}
  const late = new Promise<boolean>((resolve) => {
    giveUp = () => resolve(false)
  })
  const timer = setTimeout(giveUp, time)
  signal?.addEventListener('abort', giveUp, { once: true })
  try {
    return await Promise.race([
      late,
      promise.then(
        () => true,
        () => true,
      ),
    ])
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', giveUp)
  }
}
