#!/usr/bin/env node
// Plain JavaScript: Node.js 20 runs the rest, which is TypeScript, through tsx.
import { tsImport } from 'tsx/esm/api'

await tsImport('./main.ts', import.meta.url)
