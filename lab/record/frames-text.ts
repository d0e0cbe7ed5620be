/** Which frames a load is of, in words. */
import { basename } from 'node:path'
import type { Load } from '../generator/generator.ts'

export function framesText({ frames, size, mix, profile }: Load): string {
  if (profile) return `${frames} frames of ${basename(profile.path)}, at most ${size} bytes`
  if (mix) {
    const sizes = mix.map((part) => part.size)
    const parts = mix.map((part) => part.parts).join(':')
    return `${frames} frames of ${sizes.slice(0, -1).join(', ')} and ${sizes.at(-1)} bytes, ${parts}`
  }
  return `${frames} frames of ${size} bytes`
}
