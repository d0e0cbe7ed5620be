import { execFileSync } from 'node:child_process'
import { expect, test } from '@playwright/test'
import { shellWords } from '../../../lab/remote/shell-words.ts'

/** What a real shell makes of the words. NUL ends each, since no argument can hold one. */
function heard(words: readonly string[]): string[] {
  const text = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${shellWords(words)}`], { encoding: 'utf8' })
  return text.split('\0').slice(0, -1)
}

for (const [what, word] of [
  ['A word with spaces', 'two  words '],
  ['A word with a single quote', "it's"],
  ['A word of nothing but quotes', `''"''`],
  ['A word that expands', '$HOME ${PATH} $(id) `id` ~ * ? [a-z] {a,b}'],
  ['A word of operators', '; & | && || > < >> << # !'],
  ['A word over two lines', 'one\ntwo\r\n'],
  ['A word with backslashes', '\\ \\\\ \\n \\'],
  ['A word that looks like an option', '--help'],
  ['An empty word', ''],
  ['A bpftrace script', 'tracepoint:xdp:* /args->err == -95/ { @n["a\'b", probe] = count(); }'],
  ['A word in other alphabets', 'größe 帧 🧪'],
] as const)
  test(`${what} reaches a command as it is`, () => {
    expect(heard([word, 'end'])).toEqual([word, 'end'])
  })

test('300 words of nasty characters, drawn at random, reach a command as they are', () => {
  const characters = [...Array.from(`'"\\\`$!&|;<>()[]{}*?~#=%^ \t\n\r-abc0`), '\u0001', '\u007f', 'é', '帧']
  let state = 12_345
  // A linear congruential generator (Numerical Recipes): the same words on every run.
  const random = (below: number) => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) % below
  const words = Array.from({ length: 300 }, () =>
    Array.from({ length: random(12) }, () => characters[random(characters.length)]!).join(''),
  )
  expect(heard(words)).toEqual(words)
})

test('No words are an empty command line', () => {
  expect(shellWords([])).toBe('')
})
