(** Refinement or coarsening preference excludes richness, even the weak kind: Ackerman 2012. *)

From mathcomp Require Import all_ssreflect all_algebra.
From cqm Require Import Definitions Lists Axioms.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Preferences.

Variables (R : realFieldType) (m : measure R).

(** One cluster of three points and one of one can be split, and that can be merged again. *)
Definition three_and_one x : nat := (2 < x)%N.
Definition two_alone x : nat := (x.-1)%N.

Lemma split_finer : finer 4 three_and_one two_alone.
Proof.
split=> // [|/(_ 0 2)%N /(_ isT isT) //].
by case=> [|[|[|[|x]]]] // [|[|[|[|y]]]].
Qed.

Lemma merged_coarser : coarser 4 two_alone three_and_one.
Proof.
split=> // [|/(_ 0 2)%N /(_ isT isT) //].
by case=> [|[|[|[|x]]]] // [|[|[|[|y]]]].
Qed.

Lemma never_best (other : nat -> (nat -> nat) -> (nat -> nat) -> Prop) (better strictly_better : rel R) c c' :
  non_trivial 4 c -> other 4%N c c' ->
  (forall n c c', other n c c' -> non_trivial n c') -> (forall a b, strictly_better a b -> ~~ better b a) ->
  preference other strictly_better m -> ~ weakly_rich better m.
Proof.
move=> Hc Hother trivial strict prefers H; have [d Hd best] := H _ _ Hc.
have [|c'' H'' beaten] := prefers _ _ _ Hd Hc; first by exists c'.
by have := strict _ _ beaten; rewrite best //; apply: trivial H''.
Qed.

Theorem refinement_preference_excludes_richness :
  (refinement_preference (@strictly_higher R) m -> ~ weakly_rich (@higher R) m) /\
  (refinement_preference (@strictly_lower R) m -> ~ weakly_rich (@lower R) m).
Proof.
by split; apply: (never_best _ split_finer) => // [n c c' [] //|a b];
  rewrite /strictly_higher /higher /strictly_lower /lower ltNge.
Qed.

Theorem coarsening_preference_excludes_richness :
  (coarsening_preference (@strictly_higher R) m -> ~ weakly_rich (@higher R) m) /\
  (coarsening_preference (@strictly_lower R) m -> ~ weakly_rich (@lower R) m).
Proof.
by split; apply: (never_best _ merged_coarser) => // [n c c' [] //|a b];
  rewrite /strictly_higher /higher /strictly_lower /lower ltNge.
Qed.

End Preferences.
