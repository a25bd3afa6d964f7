/** Set by the build from package.json. */
declare const OSA_NET_VERSION: string | undefined;

/** osa-net's own version. */
export const version = typeof OSA_NET_VERSION === 'string' ? OSA_NET_VERSION : '0.0.0-development';
