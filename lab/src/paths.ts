import { fileURLToPath } from 'node:url'

/** The folder `lab/`. */
export const labFolder: string = fileURLToPath(new URL('..', import.meta.url))

/** Where the lab keeps what it builds; ignored by git. */
export const cacheFolder: string = fileURLToPath(new URL('../.cache', import.meta.url))

/** The repository that the lab is part of. */
export const repository: string = fileURLToPath(new URL('../..', import.meta.url))
