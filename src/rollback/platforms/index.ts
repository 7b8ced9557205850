// The platforms that ship with holdpoint: one line each.
import type { AnyPlatform } from '../../kit/index.ts';
import { command } from './command.ts';
import { kubernetes } from './kubernetes/index.ts';
import { symlink } from './symlink.ts';

/** All built-in platforms. */
export const platforms: AnyPlatform[] = [command, kubernetes, symlink];
