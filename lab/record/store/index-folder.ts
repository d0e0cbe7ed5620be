/** The files of the index: one for each segment, written under another name first. */
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { Segment } from './segment.ts'

const ENDING = '.jsonl'
const UNFINISHED = '.writing'
/** Of a process that died while it wrote. */
const ABANDONED_MS = 3_600_000

/** What is wrong with a file of it is nobody's business: it is made anew from the runs. */
export class IndexFolder {
  readonly path: string
  /** Why nothing can be written here. */
  refused: string | undefined

  constructor(path: string) {
    this.path = path
  }

  segments(): { segment: Segment; path: string }[] {
    return this.#names().flatMap((name) => {
      const path = join(this.path, name)
      if (name.endsWith(UNFINISHED)) {
        const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
        if (age > ABANDONED_MS) this.#removeFile(path)
        return []
      }
      try {
        return [{ segment: Segment.open(path), path }]
      } catch (error) {
        // One that is removed meanwhile is in a larger one now; one that is damaged or of another version goes.
        if ((error as NodeJS.ErrnoException).errno === undefined) this.#removeFile(path)
        return []
      }
    })
  }

  add(bytes: Buffer): { segment: Segment; path?: string } {
    const path = join(this.path, `${randomUUID()}${ENDING}`)
    try {
      mkdirSync(this.path, { recursive: true })
      writeFileSync(`${path}${UNFINISHED}`, bytes)
      renameSync(`${path}${UNFINISHED}`, path)
      return { segment: Segment.open(path), path }
    } catch (error) {
      this.refused = (error as NodeJS.ErrnoException).code ?? 'unknown error'
      this.#removeFile(`${path}${UNFINISHED}`)
      return { segment: Segment.of(bytes) }
    }
  }

  remove({ segment, path }: { segment: Segment; path?: string }): void {
    segment.close()
    if (path !== undefined) this.#removeFile(path)
  }

  #names(): string[] {
    try {
      return readdirSync(this.path)
    } catch {
      return []
    }
  }

  #removeFile(path: string): void {
    try {
      rmSync(path, { force: true })
    } catch {
      // Somebody else's: it does no harm where it is.
    }
  }
}
