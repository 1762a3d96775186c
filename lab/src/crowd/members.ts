/** A part of a crowd as a process that does what JSON lines on its stdin ask for (commands.ts): `node members.ts`. */
import { answerLines, type CommandHandlers, printLine } from '../node/lines.ts'
import { nodeMemory } from '../node/memory.ts'
import { atOnce } from './at-once.ts'
import type { CrowdEvent, MembersCommands } from './commands.ts'
import { greetAll } from './greeting.ts'
import { liveStreams } from './live.ts'
import { Member } from './member.ts'

const members: Member[] = []
const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0)

const commands: CommandHandlers<MembersCommands> = {
  join: async ({ address, count, width }) => {
    const joined = await atOnce(Array.from({ length: count }), width, () => Member.join(address))
    members.push(...joined)
    return joined.map(({ joinedIn }) => joinedIn)
  },
  hold: async ({ from, to }) => sum(await Promise.all(members.slice(from, to).map((member) => member.hold()))),
  release: async ({ from, to }) => sum(await Promise.all(members.slice(from, to).map((member) => member.release()))),
  reports: () => members.map(({ report }) => report),
  greet: async ({ width }) => await greetAll(members, width),
  live: () => liveStreams(members.map(({ connection }) => connection)),
  memory: nodeMemory,
}
const event: CrowdEvent = { event: 'listening', addresses: [] }
printLine(event)
await answerLines<MembersCommands>(async (command, options) => await commands[command](options))
await Promise.all(members.map((member) => member.stop()))
