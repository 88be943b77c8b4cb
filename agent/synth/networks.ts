// Pure: address ranges of well-known operators, as they publish them (Microsoft 365 endpoints list, goog.json,
// api.github.com/meta, AWS ip-ranges.json, the lists of Cloudflare, Fastly, Zoom, Box, Salesforce and others) or as the
// registries hold them, and ranges nobody owns: RFC 1918 and the documentation ranges of RFC 5737 and RFC 3849.

/** Where addresses are taken from. */
export interface Network {
  /** CIDRs of 256 addresses or more. */
  readonly ipv4: readonly string[]
  /** The first three groups of IPv6 addresses, that is, /48 prefixes; none where the operator's names have no AAAA record. */
  readonly ipv6: readonly string[]
}

export type NetworkName = keyof typeof NETWORKS

/** The operators' ranges by a short name. */
export const NETWORKS = {
  adnxs: { ipv4: ['68.67.128.0/18'], ipv6: [] },
  akamai: {
    ipv4: ['23.32.0.0/11', '23.192.0.0/11', '104.64.0.0/10'],
    ipv6: ['2600:1408:c400', '2600:1406:bc00', '2600:1404:6400'],
  },
  apple: { ipv4: ['17.248.128.0/18', '17.0.0.0/9'], ipv6: ['2620:149:a43', '2620:149:af0'] },
  atlassian: { ipv4: ['104.192.136.0/21', '185.166.140.0/22'], ipv6: [] },
  azure: { ipv4: ['20.40.0.0/13', '20.64.0.0/10', '52.160.0.0/11'], ipv6: [] },
  box: { ipv4: ['74.112.184.0/22', '107.152.24.0/21'], ipv6: [] },
  canonical: { ipv4: ['91.189.88.0/21', '185.125.188.0/22'], ipv6: ['2620:2d:4000'] },
  cloudflare: {
    ipv4: ['104.16.0.0/13', '172.64.0.0/13'],
    ipv6: ['2606:4700:10', '2606:4700:4400', '2606:4700:3030'],
  },
  cloudfront: {
    ipv4: ['52.84.0.0/15', '13.32.0.0/15', '18.64.0.0/14', '99.84.0.0/16'],
    ipv6: ['2600:9000:2250', '2600:9000:21f3'],
  },
  criteo: { ipv4: ['74.119.118.0/24'], ipv6: [] },
  docusign: { ipv4: ['162.248.184.0/22', '64.207.216.0/22'], ipv6: [] },
  dropbox: { ipv4: ['162.125.0.0/16'], ipv6: ['2620:100:6022'] },
  ec2: { ipv4: ['54.144.0.0/14', '54.184.0.0/13', '52.0.0.0/15', '3.208.0.0/12', '34.192.0.0/12'], ipv6: [] },
  entra: { ipv4: ['20.190.128.0/18', '40.126.0.0/18'], ipv6: ['2603:1036:3000'] },
  exchange: { ipv4: ['52.96.0.0/14', '40.96.0.0/13'], ipv6: ['2603:1036:405', '2603:1036:302'] },
  fastly: { ipv4: ['151.101.0.0/16', '199.232.0.0/16'], ipv6: ['2a04:4e42:200', '2a04:4e42:400', '2a04:4e42:600'] },
  gcp: { ipv4: ['34.64.0.0/10', '35.184.0.0/13'], ipv6: [] },
  github: { ipv4: ['140.82.112.0/20'], ipv6: [] },
  githubPages: { ipv4: ['185.199.108.0/22'], ipv6: ['2606:50c0:8000', '2606:50c0:8001'] },
  google: {
    ipv4: ['142.250.0.0/15', '172.217.0.0/16', '216.58.192.0/19'],
    ipv6: ['2607:f8b0:4004', '2607:f8b0:4006', '2607:f8b0:4009'],
  },
  meta: { ipv4: ['157.240.0.0/16', '31.13.64.0/18'], ipv6: ['2a03:2880:f10c', '2a03:2880:f13b'] },
  microsoftEdge: {
    ipv4: ['13.107.0.0/16', '204.79.195.0/24', '150.171.40.0/22'],
    ipv6: ['2620:1ec:a92', '2620:1ec:bdf', '2620:1ec:c11'],
  },
  netskope: { ipv4: ['163.116.128.0/17'], ipv6: [] },
  salesforce: { ipv4: ['96.43.144.0/20', '136.146.0.0/15', '13.108.0.0/14'], ipv6: [] },
  servicenow: { ipv4: ['149.96.0.0/16'], ipv6: [] },
  teams: { ipv4: ['52.112.0.0/14'], ipv6: ['2603:1063:27'] },
  webex: { ipv4: ['66.163.32.0/19', '170.72.0.0/16'], ipv6: [] },
  wikimedia: { ipv4: ['208.80.152.0/22', '198.35.26.0/23'], ipv6: ['2620:0:861', '2620:0:860'] },
  workday: { ipv4: ['209.177.160.0/20'], ipv6: [] },
  xCorp: { ipv4: ['104.244.40.0/21'], ipv6: [] },
  yahoo: { ipv4: ['98.136.0.0/14'], ipv6: ['2001:4998:24', '2001:4998:124'] },
  zoom: { ipv4: ['170.114.0.0/16', '206.247.0.0/16'], ipv6: [] },

  home: { ipv4: ['192.168.1.0/24'], ipv6: [] },
  office: { ipv4: ['10.20.0.0/16'], ipv6: [] },
  documentation: { ipv4: ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24'], ipv6: ['2001:db8:1', '2001:db8:2'] },
} as const satisfies Readonly<Record<string, Network>>
