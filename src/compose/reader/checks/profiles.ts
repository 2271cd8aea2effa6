import type { Service } from '../model.ts';

type Profiled = Pick<Service, 'profiles'>;

/** True for a service that runs with these profiles. Source: compose-go's `types/project.go`, HasProfile. */
export const isActive = ({ profiles }: Profiled, active: readonly string[]): boolean =>
  profiles.length === 0 ||
  profiles.some(profile => profile === '' || active.includes(profile)) ||
  active.includes('*');

/** True for services that run side by side whenever one of them does, by profiles that they share. */
export const belongTogether = (a: Profiled, b: Profiled): boolean =>
  a.profiles.length === 0
    ? b.profiles.length === 0
    : a.profiles.some(profile => b.profiles.includes(profile));
