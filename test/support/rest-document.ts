// Pure: REST v1 `steeringconfig` answers as the documentation shows them (client-behaviour 2.7), with values of our own.

const OFF = { managed_device: false, tunnel: false, tunnel_domains: [] }

/** An app with a block for each system, as the documentation's sample has it: domains for phones only. */
export const DRIVE_APP = {
  notes: 'default',
  app_name: 'Amazon CloudDrive',
  enabled: true,
  data: {
    custom: false,
    appName: 'Amazon CloudDrive',
    windows: { action: '1', processes: ['AmazonCloudDrive.exe', 'AmazonCloudDriveW.exe'], enabled: true, ...OFF },
    mac: { action: '1', processes: ['Amazon Cloud Drive'], enabled: true, ...OFF },
    android: { action: '1', processes: ['com.amazon.clouddrive'], enabled: true, domains: ['drive.amazon.com'] },
    ios: { action: '1', processes: [], enabled: false, domains: ['drive.amazonaws.com'] },
  },
}

/** An app of the tenant's own, for managed devices, through the tunnel. */
export const MANAGED_APP = {
  app_name: 'Signer',
  enabled: true,
  data: {
    custom: true,
    appName: '[Signer]',
    windows: {
      action: '1',
      processes: ['signer.exe'],
      enabled: true,
      managed_device: true,
      tunnel: true,
      tunnel_domains: ['sso.example'],
    },
    linux: { action: '4', processes: ['signer'], enabled: true, ...OFF },
  },
}

/** The list of one kind, in the envelope each list has. */
export function section(...data: readonly unknown[]) {
  return { data, count: data.length }
}

/** Exceptions of every kind whose shape is public. */
export const EXCEPTIONS = {
  applictions: section(),
  domains: section({ domains: [], notes: null }, { domains: ['apple.com', '*.corp.example'], notes: 'ours' }),
  categories: section({ categories: ['Finance/Accounting', 'Pets'], notes: '' }),
  src_netloc: section({ notes: '', src_netloc: ['Lab Subnet', '10.20.0.0/16'] }),
  dst_netloc: section({ notes: '', dst_netloc: ['Local IP address range', 'Data centre', '198.51.100.0/24'] }),
  countries: section({ notes: '', countries: ['Andorra', 'American Samoa', 'Atlantis'] }),
  cert_pinned_apps: section(DRIVE_APP, MANAGED_APP),
}

const ADRENALIN = {
  app_id: '101',
  app_name: 'Adrenalin',
  disabled: '0',
  app_domains: 'adrenalin.com, adrenalin.example',
  app_category: 'HR',
  modify_time: '2019-08-19 17:38:15',
  app_cci: '31',
  app_ccl: 'poor',
}

/** One configuration for everywhere. */
export const WEB_CONFIG = {
  steering_config: 'web for all',
  enabled: true,
  location_based_steering: false,
  private_apps_enabled: true,
  priority: '1',
  traffic_type: 'web',
  steered_traffic: section(),
  exceptions: EXCEPTIONS,
}

/** One for each location: cloud apps on premises, web off premises. */
export const LOCATED_CONFIG = {
  steering_config: 'location based steering',
  enabled: true,
  location_based_steering: true,
  private_apps_enabled: false,
  priority: '2',
  on_prem: {
    steered_traffic: section(ADRENALIN, { ...ADRENALIN, disabled: '1', app_domains: 'gone.example' }),
    exceptions: { domains: section({ domains: ['apple.com'], notes: '' }), cert_pinned_apps: section(DRIVE_APP) },
  },
  off_prem: {
    steered_traffic: section(),
    exceptions: {
      domains: section({ domains: ['webex.com'], notes: 'default' }),
      dst_netloc: section({ notes: '', dst_netloc: ['Local IP address range'] }),
      cert_pinned_apps: section(DRIVE_APP),
    },
  },
}

/** An answer with these configurations. */
export function restAnswer(...data: readonly unknown[]) {
  return { status: 'success', msg: '', data }
}
