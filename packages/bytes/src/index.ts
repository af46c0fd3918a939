export { ByteReader } from './reader.ts';
export { ByteWriter } from './writer.ts';
export { latin1Bytes, latin1Text, utf8Bytes, utf8Text } from './text.ts';
export { alignLike, alignUp } from './arithmetic.ts';
