import { InvalidArgumentError } from 'commander'

/** Of an option or argument. */
export function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('A whole number from 1 on is expected.')
  return Number(text)
}
