import { isIP } from 'node:net';
import * as z from 'zod';
import { notAnAddress, parseIp } from '../ip.ts';
import type { Fault } from '../problem.ts';
import { address, text, timeSpan } from './fields.ts';
import { said } from './said.ts';

/** The ways to ask, of which a probe has exactly one. */
export const questions = ['ping', 'tcp', 'dns', 'http'] as const;

const label = '[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';
const dnsName = new RegExp(`^(?=.{1,253}$)${label}(\\.${label})*\\.?$`);

function isDnsName(value: string): boolean {
  // A last label of digits would be read as an address by some (WHATWG URL), as a name by others.
  return dnsName.test(value) && !/(^|\.)\d+\.?$/.test(value);
}

/** An address in its canonical form, or a DNS name. */
const host = text((value) => {
  const ip = parseIp(value);
  if (ip) return ip.address;
  if (isDnsName(value)) return value;
  const [bare = '', rest] = value.replace(/^[a-z]+:\/\//, '').split(/[/:]/);
  const better = rest !== undefined && (isIP(bare) || isDnsName(bare)) ? `, such as ${bare}` : '';
  const fault = notAnAddress(value, `write an IP address or a DNS name and nothing else${better}`);
  return { ...fault, message: `${JSON.stringify(value)} is neither an IP address nor a DNS name` };
});

const name = text((value) => {
  if (isDnsName(value)) return value;
  const message = `${JSON.stringify(value)} is not a DNS name`;
  return { code: 'BAD_VALUE', message, hint: 'write a whole name, such as example.org' };
});

const url = text((value) => {
  const bad = (message: string): Fault => ({
    code: 'BAD_VALUE',
    message,
    hint: 'write something such as https://example.org/health',
  });
  if (!URL.canParse(value)) return bad(`${JSON.stringify(value)} is not a URL`);
  const { protocol, username, password, href } = new URL(value);
  if (protocol !== 'http:' && protocol !== 'https:') return bad(`${value} is not a URL of http or https`);
  return username + password === '' ? href : bad('the URL has a user name or password in it');
});

/** spec of a ConnectivityProbe. */
export const connectivityProbeSchema = z
  .strictObject({
    ping: z
      .strictObject({ host: host.meta(said('IP address or DNS name', [], '192.0.2.1')) })
      .optional()
      .meta(said('Passes when the host answers an ICMP echo request', [], { host: '192.0.2.1' })),
    tcp: z
      .strictObject({
        host: host.meta(said('IP address or DNS name', [], '192.0.2.1')),
        port: z
          .int()
          .min(1)
          .max(65_535)
          .meta(said('Port that accepts connections', [], 22)),
      })
      .optional()
      .meta(said('Passes when the host accepts a TCP connection', [], { host: '192.0.2.1', port: 22 })),
    dns: z
      .strictObject({
        name: name.meta(said('Whole name to look up', [], 'example.org')),
        server: address()
          .optional()
          .meta(said('Address of the server to ask; those of /etc/resolv.conf when absent', [], '9.9.9.9')),
      })
      .optional()
      .meta(
        said('Passes when a DNS server knows an address (A or AAAA) of the name', [], {
          name: 'example.org',
        }),
      ),
    http: z
      .strictObject({
        url: url.meta(
          said(
            'URL of http or https; certificates are not checked, redirects are not followed and no proxy is used',
            [],
            'https://example.org/health',
          ),
        ),
        status: z
          .int()
          .min(100)
          .max(599)
          .optional()
          .meta(said('Status of the answer; any from 200 to 399 when absent', [], 204)),
      })
      .optional()
      .meta(said('Passes when the server answers a GET request', [], { url: 'https://example.org/health' })),
    timeout: timeSpan()
      .default('2s')
      .meta(said('How long the answer may take, 1s to 1min (systemd.time(7))', [], '5s')),
  })
  .describe(
    'One way to see whether the host is still connected: a change after which a probe fails that passed before is taken back. Exactly one of ping, tcp, dns and http',
  );
