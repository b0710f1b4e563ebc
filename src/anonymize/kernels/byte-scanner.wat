;; Finds bytes, and pairs of bytes, of a given set in a window of text: sixteen positions in each step.
;;
;; The set has up to eight patterns, one bit each. A table of sixteen entries names the patterns that a byte may belong to by
;; its low half (its lower four bits), another one by its high half; a byte belongs to the patterns that both name. Pairs have
;; two more tables, for the byte that follows.
;;
;; Memory, with addresses exported for the caller:
;;       0   window      32 KiB of text, then 32 bytes beyond it that the last step may read
;;   32800   tables      16 bytes each: first byte by low half, by high half; second byte by low half, by high half
;;   32864   positions   of the matches in the window, 32 bits each
(module
  (memory (export "memory") 3)
  (global (export "windowSize") i32 (i32.const 32768))
  (global (export "overhang") i32 (i32.const 32))
  (global $tables (export "tables") i32 (i32.const 32800))
  (global $positions (export "positions") i32 (i32.const 32864))

  ;; $length: bytes of the window to search
  ;; $pairs: whether the second byte of a pattern matters, 1 or 0
  ;; Returns how many positions were written; of the last step, some may lie beyond the length.
  (func (export "find") (param $length i32) (param $pairs i32) (result i32)
    (local $at i32)
    (local $out i32)
    (local $mask i32)
    (local $bytes v128)
    (local $matches v128)
    (local $lowHalf v128)
    (local $firstByLow v128)
    (local $firstByHigh v128)
    (local $secondByLow v128)
    (local $secondByHigh v128)

    (local.set $out (global.get $positions))
    (local.set $lowHalf (i8x16.splat (i32.const 0x0f)))
    (local.set $firstByLow (v128.load (global.get $tables)))
    (local.set $firstByHigh (v128.load offset=16 (global.get $tables)))
    (local.set $secondByLow (v128.load offset=32 (global.get $tables)))
    (local.set $secondByHigh (v128.load offset=48 (global.get $tables)))

    (block $end
      (loop $step
        (br_if $end (i32.ge_u (local.get $at) (local.get $length)))

        ;; The patterns that each byte may begin.
        (local.set $bytes (v128.load (local.get $at)))
        (local.set $matches
          (v128.and
            (i8x16.swizzle (local.get $firstByLow) (v128.and (local.get $bytes) (local.get $lowHalf)))
            (i8x16.swizzle (local.get $firstByHigh) (i8x16.shr_u (local.get $bytes) (i32.const 4)))))

        ;; Of these, the ones that the next byte completes.
        (if (local.get $pairs)
          (then
            (local.set $bytes (v128.load offset=1 (local.get $at)))
            (local.set $matches
              (v128.and
                (local.get $matches)
                (v128.and
                  (i8x16.swizzle (local.get $secondByLow) (v128.and (local.get $bytes) (local.get $lowHalf)))
                  (i8x16.swizzle (local.get $secondByHigh) (i8x16.shr_u (local.get $bytes) (i32.const 4))))))))

        ;; One bit for each byte that matches a pattern, the first byte's lowest.
        (local.set $mask
          (i8x16.bitmask (i8x16.ne (local.get $matches) (v128.const i64x2 0 0))))

        (block $written
          (loop $match
            (br_if $written (i32.eqz (local.get $mask)))
            (i32.store (local.get $out) (i32.add (local.get $at) (i32.ctz (local.get $mask))))
            (local.set $out (i32.add (local.get $out) (i32.const 4)))
            ;; Clears the lowest bit.
            (local.set $mask (i32.and (local.get $mask) (i32.sub (local.get $mask) (i32.const 1))))
            (br $match)))

        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $step)))

    (i32.shr_u (i32.sub (local.get $out) (global.get $positions)) (i32.const 2))))
