/** Chromium's secure DNS, in the mode without a fallback, finds the tenant's gateway by the mock `dns.google`. */

import { createHash, X509Certificate } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { dirname, join } from 'node:path'
import { chromium } from 'playwright-core'
import t from 'tap'
import { BROWSERS } from '../../../scripts/process/browser.js'
import { dohOf, NEAREST } from '../../support/cloud-dns.js'
import { listening } from '../../support/loopback.js'
import { lacking, pathOf } from '../../support/needs.js'

const executablePath = BROWSERS.map(pathOf).find((path) => path !== undefined)
const skip = lacking('openssl') || (executablePath === undefined && 'no Chromium or Chrome is installed')

/** A new profile whose secure DNS knows one server only, and where that is: nobody else is ever asked. */
function profileWith(directory: string, port: number): string {
  const profile = join(directory, 'profile')
  const template = `https://dns.google:${port}/dns-query{?dns}`
  const templates = JSON.stringify({ servers: [{ template, endpoints: [{ ips: ['127.0.0.1'] }] }] })
  mkdirSync(profile)
  writeFileSync(join(profile, 'Local State'), JSON.stringify({ dns_over_https: { mode: 'secure', templates } }))
  return profile
}

/** What Chromium knows a key by that it is to trust, whoever has signed it. */
function keyDigest(certificateFile: string): string {
  const { publicKey } = new X509Certificate(readFileSync(certificateFile))
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64')
}

void t.test('secure DNS', { skip }, async (t) => {
  const { port, caFile, log } = await dohOf(t)
  const gateway = await listening(
    createServer((_request, response) => response.end('the gateway')),
    NEAREST,
  )
  t.teardown(gateway.close)
  const context = await chromium.launchPersistentContext(profileWith(dirname(caFile), port), {
    executablePath: executablePath ?? '',
    chromiumSandbox: process.getuid?.() !== 0,
    args: ['--disable-background-networking', `--ignore-certificate-errors-spki-list=${keyDigest(caFile)}`],
  })
  try {
    const page = await context.newPage()
    await page.goto(`http://gateway-lab.goskope.com:${gateway.port}/`)
    t.equal(await page.textContent('body'), 'the gateway')
    const asked = { event: 'doh-request', http: '2.0', method: 'GET', path: '/dns-query', status: 200, type: 'A' }
    t.match(
      log.find(({ name, type }) => name === 'gateway-lab.goskope.com' && type === 'A'),
      asked,
    )
    await t.rejects(page.goto(`http://nobody.example:${gateway.port}/`), /ERR_NAME_NOT_RESOLVED/, 'what is refused')
    t.match(
      log.find(({ name, type }) => name === 'nobody.example' && type === 'A'),
      asked,
    )
  } finally {
    await context.close()
  }
})
