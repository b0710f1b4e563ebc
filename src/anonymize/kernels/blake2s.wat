;; BLAKE2s (RFC 7693): the compression of one block, in which rules for columns spend most of their time.
;;
;; The sixteen words of the working state form a square, whose rows are the vectors $a to $d. So the function G works on four
;; columns at once, and, when the rows are turned against each other, on four diagonals. That takes half the time of JavaScript.
;;
;; Memory, with addresses exported for the caller:
;;     0   state      eight words
;;    64   block      sixteen words
;;   128   schedule   of each round: sixteen bytes, the order in which it takes the words of the block
(module
  (memory (export "memory") 1)
  (global (export "state") i32 (i32.const 0))
  (global (export "block") i32 (i32.const 64))

  ;; The initialisation vector (RFC 7693, 2.6).
  (global $iv0to3 v128 (v128.const i32x4 0x6a09e667 0xbb67ae85 0x3c6ef372 0xa54ff53a))
  (global $iv4to7 v128 (v128.const i32x4 0x510e527f 0x9b05688c 0x1f83d9ab 0x5be0cd19))

  ;; SIGMA (RFC 7693, 2.7), each word by its offset in the block: four times its number.
  (data (i32.const 128)
    "\00\04\08\0c\10\14\18\1c\20\24\28\2c\30\34\38\3c" ;; 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15
    "\38\28\10\20\24\3c\34\18\04\30\00\08\2c\1c\14\0c" ;; 14 10 4 8 9 15 13 6 1 12 0 2 11 7 5 3
    "\2c\20\30\00\14\08\3c\34\28\38\0c\18\1c\04\24\10" ;; 11 8 12 0 5 2 15 13 10 14 3 6 7 1 9 4
    "\1c\24\0c\04\34\30\2c\38\08\18\14\28\10\00\3c\20" ;; 7 9 3 1 13 12 11 14 2 6 5 10 4 0 15 8
    "\24\00\14\1c\08\10\28\3c\38\04\2c\30\18\20\0c\34" ;; 9 0 5 7 2 4 10 15 14 1 11 12 6 8 3 13
    "\08\30\18\28\00\2c\20\0c\10\34\1c\14\3c\38\04\24" ;; 2 12 6 10 0 11 8 3 4 13 7 5 15 14 1 9
    "\30\14\04\3c\38\34\10\28\00\1c\18\0c\24\08\20\2c" ;; 12 5 1 15 14 13 4 10 0 7 6 3 9 2 8 11
    "\34\2c\1c\38\30\04\0c\24\14\00\3c\10\20\18\08\28" ;; 13 11 7 14 12 1 3 9 5 0 15 4 8 6 2 10
    "\18\3c\38\24\2c\0c\00\20\30\08\34\1c\04\10\28\14" ;; 6 15 14 9 11 3 0 8 12 2 13 7 1 4 10 5
    "\28\08\20\10\1c\18\04\14\3c\2c\24\38\0c\30\34\00") ;; 10 2 8 4 7 6 1 5 15 11 9 14 3 12 13 0

  ;; Starts a hash. $parameters: the first word of the parameter block (RFC 7693, 2.5); the others are zero.
  (func (export "begin") (param $parameters i32)
    (v128.store
      (i32.const 0)
      (v128.xor
        (global.get $iv0to3)
        (i32x4.replace_lane 0 (v128.const i64x2 0 0) (local.get $parameters))))
    (v128.store offset=16 (i32.const 0) (global.get $iv4to7)))

  ;; Mixes the block into the state (RFC 7693, 3.2).
  ;; $length: bytes hashed so far, those of this block included, below 2^32
  ;; $last: -1 for the last block, otherwise 0
  (func (export "compress") (param $length i32) (param $last i32)
    (local $a v128)
    (local $b v128)
    (local $c v128)
    (local $d v128)
    (local $words v128)
    (local $round i32)

    ;; The state, the initialisation vector, and in it the length and the sign of the last block.
    (local.set $a (v128.load (i32.const 0)))
    (local.set $b (v128.load offset=16 (i32.const 0)))
    (local.set $c (global.get $iv0to3))
    (local.set $d
      (v128.xor
        (global.get $iv4to7)
        (i32x4.replace_lane 2
          (i32x4.replace_lane 0 (v128.const i64x2 0 0) (local.get $length))
          (local.get $last))))

    (local.set $round (i32.const 128))
    (loop $rounds
      ;; G on the columns, first half: a += b + words, d = (d ^ a) >>> 16, c += d, b = (b ^ c) >>> 12.
      ;; Whole bytes are rotated by moving them.
      (local.set $words
        (v128.load32_zero offset=64 (i32.load8_u (local.get $round))))
      (local.set $words
        (v128.load32_lane offset=64 1 (i32.load8_u offset=2 (local.get $round)) (local.get $words)))
      (local.set $words
        (v128.load32_lane offset=64 2 (i32.load8_u offset=4 (local.get $round)) (local.get $words)))
      (local.set $words
        (v128.load32_lane offset=64 3 (i32.load8_u offset=6 (local.get $round)) (local.get $words)))
      (local.set $a (i32x4.add (i32x4.add (local.get $a) (local.get $b)) (local.get $words)))
      (local.set $d (v128.xor (local.get $d) (local.get $a)))
      (local.set $d (i8x16.shuffle 2 3 0 1 6 7 4 5 10 11 8 9 14 15 12 13 (local.get $d) (local.get $d)))
      (local.set $c (i32x4.add (local.get $c) (local.get $d)))
      (local.set $b (v128.xor (local.get $b) (local.get $c)))
      (local.set $b
        (v128.or (i32x4.shr_u (local.get $b) (i32.const 12)) (i32x4.shl (local.get $b) (i32.const 20))))

      ;; Its second half, with the other words: rotations by 8 and 7 bits.
      (local.set $words
        (v128.load32_zero offset=64 (i32.load8_u offset=1 (local.get $round))))
      (local.set $words
        (v128.load32_lane offset=64 1 (i32.load8_u offset=3 (local.get $round)) (local.get $words)))
      (local.set $words
        (v128.load32_lane offset=64 2 (i32.load8_u offset=5 (local.get $round)) (local.get $words)))
      (local.set $words
        (v128.load32_lane offset=64 3 (i32.load8_u offset=7 (local.get $round)) (local.get $words)))
      (local.set $a (i32x4.add (i32x4.add (local.get $a) (local.get $b)) (local.get $words)))
      (local.set $d (v128.xor (local.get $d) (local.get $a)))
      (local.set $d (i8x16.shuffle 1 2 3 0 5 6 7 4 9 10 11 8 13 14 15 12 (local.get $d) (local.get $d)))
      (local.set $c (i32x4.add (local.get $c) (local.get $d)))
      (local.set $b (v128.xor (local.get $b) (local.get $c)))
      (local.set $b
        (v128.or (i32x4.shr_u (local.get $b) (i32.const 7)) (i32x4.shl (local.get $b) (i32.const 25))))

      ;; Turns the rows, so that the diagonals become columns.
      (local.set $b (i8x16.shuffle 4 5 6 7 8 9 10 11 12 13 14 15 0 1 2 3 (local.get $b) (local.get $b)))
      (local.set $c (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $c) (local.get $c)))
      (local.set $d (i8x16.shuffle 12 13 14 15 0 1 2 3 4 5 6 7 8 9 10 11 (local.get $d) (local.get $d)))

      ;; G on the diagonals, first half.
      (local.set $words
        (v128.load32_zero offset=64 (i32.load8_u offset=8 (local.get $round))))
      (local.set $words
        (v128.load32_lane offset=64 1 (i32.load8_u offset=10 (local.get $round)) (local.get $words)))
      (local.set $words
        (v128.load32_lane offset=64 2 (i32.load8_u offset=12 (local.get $round)) (local.get $words)))
      (local.set $words
        (v128.load32_lane offset=64 3 (i32.load8_u offset=14 (local.get $round)) (local.get $words)))
      (local.set $a (i32x4.add (i32x4.add (local.get $a) (local.get $b)) (local.get $words)))
      (local.set $d (v128.xor (local.get $d) (local.get $a)))
      (local.set $d (i8x16.shuffle 2 3 0 1 6 7 4 5 10 11 8 9 14 15 12 13 (local.get $d) (local.get $d)))
      (local.set $c (i32x4.add (local.get $c) (local.get $d)))
      (local.set $b (v128.xor (local.get $b) (local.get $c)))
      (local.set $b
        (v128.or (i32x4.shr_u (local.get $b) (i32.const 12)) (i32x4.shl (local.get $b) (i32.const 20))))

      ;; Its second half.
      (local.set $words
        (v128.load32_zero offset=64 (i32.load8_u offset=9 (local.get $round))))
      (local.set $words
        (v128.load32_lane offset=64 1 (i32.load8_u offset=11 (local.get $round)) (local.get $words)))
      (local.set $words
        (v128.load32_lane offset=64 2 (i32.load8_u offset=13 (local.get $round)) (local.get $words)))
      (local.set $words
        (v128.load32_lane offset=64 3 (i32.load8_u offset=15 (local.get $round)) (local.get $words)))
      (local.set $a (i32x4.add (i32x4.add (local.get $a) (local.get $b)) (local.get $words)))
      (local.set $d (v128.xor (local.get $d) (local.get $a)))
      (local.set $d (i8x16.shuffle 1 2 3 0 5 6 7 4 9 10 11 8 13 14 15 12 (local.get $d) (local.get $d)))
      (local.set $c (i32x4.add (local.get $c) (local.get $d)))
      (local.set $b (v128.xor (local.get $b) (local.get $c)))
      (local.set $b
        (v128.or (i32x4.shr_u (local.get $b) (i32.const 7)) (i32x4.shl (local.get $b) (i32.const 25))))

      ;; Turns them back.
      (local.set $b (i8x16.shuffle 12 13 14 15 0 1 2 3 4 5 6 7 8 9 10 11 (local.get $b) (local.get $b)))
      (local.set $c (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $c) (local.get $c)))
      (local.set $d (i8x16.shuffle 4 5 6 7 8 9 10 11 12 13 14 15 0 1 2 3 (local.get $d) (local.get $d)))

      (local.set $round (i32.add (local.get $round) (i32.const 16)))
      (br_if $rounds (i32.lt_u (local.get $round) (i32.const 288))))

    (v128.store
      (i32.const 0)
      (v128.xor (v128.load (i32.const 0)) (v128.xor (local.get $a) (local.get $c))))
    (v128.store offset=16
      (i32.const 0)
      (v128.xor (v128.load offset=16 (i32.const 0)) (v128.xor (local.get $b) (local.get $d))))))
