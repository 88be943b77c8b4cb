// Pure: the tools of people who write programs. How often they work is ours. Packages come from mirrors of their company,
// as in most offices.

import { type App, tcp } from './app.js'

export const DEVELOPER_APPS: readonly App[] = [
  {
    name: 'git',
    kind: 'developer',
    presence: 0.25,
    process: { windows: ['git-remote-https.exe'], macos: ['git-remote-https'], linux: ['git-remote-http'] },
    sessions: { perHour: 9, whenIdle: 0.5, flows: [1, 3], spreadMs: 3000, parallel: [1, 1], retries: 0.03 },
    targets: [tcp('github.com', 8), tcp('gitlab.com', 2), tcp('git.corp.example', 2), tcp('dev.azure.com', 1)],
  },
  {
    name: 'ssh',
    kind: 'developer',
    presence: 0.2,
    process: { windows: ['ssh.exe'], macos: ['ssh'], linux: ['ssh'] },
    sessions: { perHour: 3, whenIdle: 0, flows: [1, 2], spreadMs: 1000, parallel: [1, 1], retries: 0.05 },
    targets: [tcp('github.com', 4, 22), tcp('build.corp.example', 4, 22), tcp('bastion.contoso.example', 2, 22, 0.5)],
  },
  {
    name: 'npm',
    kind: 'developer',
    presence: 0.15,
    process: { windows: ['node.exe'], macos: ['node'], linux: ['node'] },
    sessions: { perHour: 2, whenIdle: 0, flows: [8, 60], spreadMs: 15_000, parallel: [4, 15], retries: 0.05 },
    targets: [tcp('npm.contoso.example', 30), tcp('codeload.github.com', 2), tcp('objects.githubusercontent.com', 1)],
  },
  {
    name: 'pip',
    kind: 'developer',
    presence: 0.12,
    process: { windows: ['python.exe'], macos: ['python3.12'], linux: ['python3'] },
    sessions: { perHour: 1.5, whenIdle: 0, flows: [2, 20], spreadMs: 20_000, parallel: [1, 2], retries: 0.05 },
    targets: [tcp('pip.contoso.example', 1)],
  },
  {
    name: 'docker',
    kind: 'developer',
    presence: 0.12,
    process: { windows: ['com.docker.backend.exe'], macos: ['com.docker.backend'], linux: ['dockerd'] },
    sessions: { perHour: 1.2, whenIdle: 0.1, flows: [4, 24], spreadMs: 30_000, parallel: [1, 3], retries: 0.05 },
    opening: [tcp('auth.docker.io', 1)],
    targets: [
      tcp('images.contoso.example', 4),
      tcp('production.cloudflare.docker.com', 6),
      tcp('codeload.github.com', 1),
      tcp('build.corp.example', 1, 5000),
    ],
  },
  {
    name: 'vscode',
    kind: 'developer',
    presence: 0.3,
    process: { windows: ['Code.exe'], macos: ['code helper', 'code helper (plugin)'], linux: ['code'] },
    sessions: { perHour: 16, whenIdle: 1, flows: [1, 6], spreadMs: 3000, parallel: [1, 2], retries: 0.02 },
    targets: [
      tcp('main.vscode-cdn.net', 3),
      tcp('marketplace.visualstudio.com', 3),
      tcp('api.github.com', 4),
      tcp('mobile.events.data.microsoft.com', 4),
      tcp('update.code.visualstudio.com', 1),
    ],
  },
  {
    name: 'rust',
    kind: 'developer',
    presence: 0.04,
    process: { windows: ['cargo.exe'], macos: ['cargo'], linux: ['cargo'] },
    sessions: { perHour: 1, whenIdle: 0, flows: [3, 12], spreadMs: 10_000, parallel: [1, 2], retries: 0.03 },
    targets: [tcp('crates.contoso.example', 9), tcp('github.com', 1)],
  },
  {
    name: 'database-client',
    kind: 'developer',
    presence: 0.1,
    process: { windows: ['dbeaver.exe'], macos: ['dbeaver'], linux: ['dbeaver'] },
    sessions: { perHour: 3, whenIdle: 0, flows: [1, 4], spreadMs: 2000, parallel: [1, 2], retries: 0.05 },
    targets: [tcp('db.corp.example', 6, 5432, 0.1), tcp('reports.contoso.example', 2, 1433, 0.1)],
  },
]
