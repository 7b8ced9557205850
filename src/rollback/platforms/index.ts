// The platforms that ship with holdpoint: one line each.
import type { AnyPlatform } from '../../kit/index.ts';
import { argoRollouts } from './argo-rollouts.ts';
import { command } from './command.ts';
import { helmPlatform } from './helm.ts';
import { kubernetes } from './kubernetes/index.ts';
import { symlink } from './symlink.ts';

/** All built-in platforms. */
export const platforms: AnyPlatform[] = [argoRollouts, command, helmPlatform, kubernetes, symlink];
