// Pure: the public addresses of the cloud's services. Those of the POPs are in their table.

/** Where `gateway.gslb.goskope.com` is. */
export const GSLB_ADDRESS = '163.116.128.90'

/** Where the add-on service and the checkers are. */
export const SERVICE_ADDRESS = '163.116.128.91'

/** Where `dns.google` is: the real addresses of Google's public resolver. */
export const DOH_ADDRESSES: readonly string[] = ['8.8.8.8', '8.8.4.4']

/** A gateway that is not ours: what the fault `wrong-tenant` answers. */
export const OTHER_TENANT_ADDRESS = '163.116.128.99'
