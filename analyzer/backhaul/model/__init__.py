"""The program model: what a source file declares and does, without syntax trees and without Apple."""
