(** Sums over two lists, and over the first or the last of a list in order. *)

From mathcomp Require Import all_ssreflect all_algebra.
From cqm Require Import Definitions Lists.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** Sums over two lists differ by what only one of them has. *)

Section Exchange.

Variable R : realFieldType.
Notation o := (field_ops R).
Variable I : eqType.
Implicit Types (f : I -> R) (s t : seq I).

Definition only s t := [seq x <- s | x \notin t].

Lemma total_cat f s t : total o f (s ++ t) = total o f s + total o f t.
Proof. by elim: s => [|a s /= ->]; rewrite ?add0r ?addrA. Qed.

Lemma both_perm s t : uniq s -> uniq t -> perm_eq [seq x <- s | x \in t] [seq x <- t | x \in s].
Proof. by move=> Hs Ht; apply: uniq_perm; rewrite ?filter_uniq // => x; rewrite !mem_filter andbC. Qed.

Lemma total_split f s t : total o f s = total o f [seq x <- s | x \in t] + total o f (only s t).
Proof. by rewrite -total_cat; apply/esym/total_perm; rewrite (perm_filterC (mem t) s). Qed.

Lemma total_exchange f s t : uniq s -> uniq t ->
  total o f s - total o f t = total o f (only s t) - total o f (only t s).
Proof.
move=> Hs Ht; rewrite (total_split f s t) (total_split f t s) (total_perm f (both_perm Hs Ht)).
by rewrite opprD addrACA subrr add0r.
Qed.

Lemma size_exchange s t : uniq s -> uniq t -> size s = size t -> size (only s t) = size (only t s).
Proof.
move=> Hs Ht E; apply: (@addnI (size [seq x <- s | x \in t])).
rewrite [in RHS](perm_size (both_perm Hs Ht)) -!size_cat (perm_size (permEl (perm_filterC (mem t) s))).
by rewrite (perm_size (permEl (perm_filterC (mem s) t))).
Qed.

Lemma total_dominated f s t : size s = size t -> (forall x y, x \in s -> y \in t -> f x <= f y) ->
  total o f s <= total o f t.
Proof.
elim: s t => [|x s IH] [|y t] //= [E] H; apply: ler_add; first by apply: H; rewrite mem_head.
by apply: IH => // a b Ha Hb; apply: H; rewrite inE ?Ha ?Hb orbT.
Qed.

(** Of a list in order, the first few have the least sum of as many, and the last few the largest. *)

Variables (f : I -> R) (s : seq I).
Hypotheses (Hs : uniq s) (in_order : sorted (relpre f <=%O) s).

Lemma first_below_last m x y : x \in take m s -> y \in drop m s -> f x <= f y.
Proof.
have tr : transitive (relpre f <=%O : rel I) by move=> a b e; apply: le_trans.
move: in_order; rewrite (sorted_pairwise tr) -{1}(cat_take_drop m s) pairwise_cat => /and3P [/allrelP H _ _] Hx Hy.
exact: H.
Qed.

Lemma outside_take m x : x \in s -> x \notin take m s -> x \in drop m s.
Proof. by rewrite -{1}(cat_take_drop m s) mem_cat => /orP [->|]. Qed.

Lemma outside_drop m x : x \in s -> x \notin drop m s -> x \in take m s.
Proof. by rewrite -{1}(cat_take_drop m s) mem_cat => /orP [|->]. Qed.

Lemma total_take t : uniq t -> {subset t <= s} -> (size t <= size s)%N -> total o f (take (size t) s) <= total o f t.
Proof.
move=> Ht H Hsize; have U : uniq (take (size t) s) by rewrite take_uniq.
rewrite -subr_le0 total_exchange // subr_le0; apply: total_dominated => [|x y].
  by apply: size_exchange => //; rewrite size_takel.
rewrite !mem_filter => /andP [_ Hx] /andP [Hy Hyt]; apply: first_below_last Hx _.
by apply: outside_take; rewrite ?H.
Qed.

Lemma total_drop t : uniq t -> {subset t <= s} -> (size t <= size s)%N ->
  total o f t <= total o f (drop (size s - size t) s).
Proof.
move=> Ht H Hsize; have U : uniq (drop (size s - size t) s) by rewrite drop_uniq.
rewrite -subr_le0 total_exchange // subr_le0; apply: total_dominated => [|x y].
  by apply: size_exchange => //; rewrite size_drop subKn.
rewrite !mem_filter => /andP [Hx Hxt] /andP [_ Hy]; apply: first_below_last Hy.
by apply: outside_drop; rewrite ?H.
Qed.

End Exchange.
