import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cellName, expectedFailures, requiredCells } from './cells.ts'
import { contestant } from './contestants.ts'
import { libp2pChecks } from './libp2p-checks.ts'

test('each required cell has a name of its own, and contestants that there are', () => {
  const cells = requiredCells()
  assert.equal(new Set(cells.map(cellName)).size, cells.length)
  for (const cell of cells.filter(({ suite }) => suite === 'libp2p')) {
    contestant(cell.dialer)
    contestant(cell.listener)
  }
})

test('both browsers with both transports and four versions of go-libp2p both ways are required', () => {
  const names = requiredCells().map(cellName)
  for (const browser of ['chromium', 'firefox']) {
    for (const transport of ['sluice', 'stock']) assert.ok(names.includes(`libp2p: ${browser}/${transport} > node`))
  }
  for (const version of ['v0.51.0', 'v0.49.0', 'v0.48.0', 'v0.36.5']) {
    assert.ok(names.includes(`libp2p: go/${version} > node`))
    assert.ok(names.includes(`libp2p: node > go/${version}`))
  }
})

test('each expected failure names a cell and a check that there are, is not of our own, and has a reason', () => {
  const names = requiredCells().map(cellName)
  const checks = libp2pChecks.map(({ name }) => name)
  for (const { cell, check, reason } of expectedFailures()) {
    assert.ok(names.includes(cell), cell)
    assert.ok(checks.includes(check), check)
    assert.match(cell, /stock/)
    assert.ok(reason.length > 40, reason)
  }
})

test('a contestant that there is not is refused with the names of those that there are', () => {
  assert.throws(() => contestant('go/v0.1.0'), { name: 'RangeError', message: /go\/v0\.51\.0/ })
})
