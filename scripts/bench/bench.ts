/** `npm run bench`: the way of a flow (network.ts); `npm run bench -- logs`: making and reading logs (logs.ts). */

await (process.argv[2] === 'logs' ? import('./logs.js') : import('./network.js'))
