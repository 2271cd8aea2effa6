/** Ports of the machine are published on 127.0.0.1 only, and `localhost` may mean ::1 first. */
export const loopback = (address: string): string => (address === 'localhost' ? '127.0.0.1' : address);
