import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { KeyFileError } from '../errors.ts'
import { loadIdentity } from './identity.ts'

describe('loadIdentity', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-key-'))
  })
  after(() => rm(folder, { recursive: true }))

  it('makes a fresh identity each time when there is no file', async () => {
    const [one, other] = await Promise.all([loadIdentity(undefined), loadIdentity(undefined)])
    assert.ok(!one.equals(other))
  })

  it('makes the file when it is missing, for its owner only, and finds the same identity in it again', async () => {
    const file = join(folder, 'node.key')
    const first = await loadIdentity(file)
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    assert.ok(first.equals(await loadIdentity(file)))
  })

  it('leaves a file alone that is not a key, and says what to do', async () => {
    const file = join(folder, 'letter.txt')
    await writeFile(file, 'dear reader')
    await assert.rejects(
      loadIdentity(file),
      (error) => error instanceof KeyFileError && /delete it/.test(error.message),
    )
    assert.equal(await readFile(file, 'utf8'), 'dear reader')
  })

  it('refuses an empty file', async () => {
    const file = join(folder, 'empty.key')
    await writeFile(file, '')
    await assert.rejects(loadIdentity(file), KeyFileError)
  })

  it('says so when the folder is missing', async () => {
    await assert.rejects(loadIdentity(join(folder, 'none', 'node.key')), KeyFileError)
  })

  it('says so when the file cannot be read', async () => {
    await assert.rejects(loadIdentity(folder), KeyFileError)
  })
})
