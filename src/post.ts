import './dirname.ts';
import { post } from './action/post.ts';

await post();
process.exit();
